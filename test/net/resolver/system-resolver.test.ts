import assert from 'node:assert/strict';
import dns from 'node:dns';
import { test, type TestContext } from 'node:test';
import type { Reason } from '../../../src/net/failure.ts';
import { systemResolver } from '../../../src/net/resolver/system-resolver.ts';
import { failing } from './failing.ts';

const never = new AbortController().signal;

type Lookup = (host: string, options: dns.LookupAllOptions, callback: LookupCallback) => void;
type LookupCallback = (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void;

function lookUpBy(t: TestContext, lookup: Lookup): void {
  t.mock.method(dns, 'lookup', lookup);
}

test('the addresses are those of getaddrinfo, in its order', async (t) => {
  const addresses = [
    { address: '2001:db8::1', family: 6 },
    { address: '192.0.2.1', family: 4 },
  ];
  const asked: unknown[] = [];
  lookUpBy(t, (host, options, callback) => {
    asked.push([host, options.family, options.order]);
    callback(null, addresses);
  });
  assert.deepEqual(await systemResolver.lookup('a.test', [4, 6], never), addresses);
  await systemResolver.lookup('a.test', [6], never);
  assert.deepEqual(asked, [
    ['a.test', 0, 'verbatim'],
    ['a.test', 6, 'verbatim'],
  ]);
});

const errors: readonly (readonly [code: string, families: readonly (4 | 6)[], reason: Reason | undefined])[] = [
  ['ENOTFOUND', [4, 6], 'nxdomain'],
  ['ENOTFOUND', [4], undefined],
  ['EAI_AGAIN', [4], 'dns_error'],
  ['EAI_FAIL', [4, 6], 'dns_error'],
  ['EAI_MEMORY', [4, 6], 'dns_error'],
  ['EMFILE', [4, 6], 'too_many_files'],
];

for (const [code, families, reason] of errors) {
  test(`${code} for IP version ${families.join(' and ')} is told as ${reason ?? 'no address'}`, async (t) => {
    lookUpBy(t, (_host, _options, callback) => callback(Object.assign(new Error(code), { code }), []));
    const found = systemResolver.lookup('a.test', families, never);
    if (reason === undefined) assert.deepEqual(await found, []);
    else await assert.rejects(found, failing(reason, /a\.test/));
  });
}

test('the system knows localhost', async () => {
  assert.deepEqual(await systemResolver.lookup('localhost', [4], never), [{ address: '127.0.0.1', family: 4 }]);
});

test('a lookup is called off with the probe, and what it then finds is dropped', async (t) => {
  const controller = new AbortController();
  let answer: LookupCallback | undefined;
  lookUpBy(t, (_host, _options, callback) => (answer = callback));
  const found = systemResolver.lookup('a.test', [4], controller.signal);
  controller.abort('timeout');
  await assert.rejects(found, failing('timeout'));
  answer?.(null, [{ address: '192.0.2.1', family: 4 }]);
  answer?.(Object.assign(new Error('late'), { code: 'ENOTFOUND' }), []);
});

test('a probe that is called off already looks up nothing', async (t) => {
  lookUpBy(t, () => assert.fail('it is of no use'));
  const found = systemResolver.lookup('a.test', [4], AbortSignal.abort('cancelled'));
  await assert.rejects(found, failing('cancelled'));
});
