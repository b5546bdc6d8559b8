import assert from 'node:assert/strict';
import dns from 'node:dns';
import { test, type TestContext } from 'node:test';
import type { ProbeFailure, Reason } from '../../src/net/failure.ts';
import { addressHash, resolve } from '../../src/net/resolve.ts';
import type { IpPolicy } from '../../src/net/settings.ts';

const never = new AbortController().signal;
const v4 = { address: '192.0.2.1', family: 4 };
const v4b = { address: '192.0.2.2', family: 4 };
const v6 = { address: '2001:db8::1', family: 6 };

const policy = (preferred: IpPolicy['preferred'], fallback: boolean): IpPolicy => ({ preferred, fallback });
const policies = {
  'ip6, else ip4': policy('ip6', true),
  'ip6 only': policy('ip6', false),
  'ip4, else ip6': policy('ip4', true),
  'ip4 only': policy('ip4', false),
};
type PolicyName = keyof typeof policies;

const literals: readonly (readonly [host: string, policy: PolicyName, address: string | undefined, family?: 4 | 6])[] =
  [
    ['192.0.2.1', 'ip4 only', '192.0.2.1', 4],
    ['192.0.2.1', 'ip6, else ip4', '192.0.2.1', 4],
    ['192.0.2.1', 'ip6 only', undefined],
    ['2001:db8::1', 'ip6 only', '2001:db8::1', 6],
    ['2001:db8::1', 'ip4, else ip6', '2001:db8::1', 6],
    ['2001:db8::1', 'ip4 only', undefined],
    ['fe80::1%lo', 'ip6 only', 'fe80::1%lo', 6],
    ['::', 'ip6 only', '::', 6],
    ['::ffff:192.0.2.1', 'ip4 only', '192.0.2.1', 4],
    ['::ffff:c000:201', 'ip4 only', '192.0.2.1', 4],
    ['0:0:0:0:0:FFFF:192.0.2.1', 'ip6, else ip4', '192.0.2.1', 4],
    ['::ffff:192.0.2.1', 'ip6 only', undefined],
    ['::192.0.2.1', 'ip6 only', '::192.0.2.1', 6],
    ['64:ff9b::192.0.2.1', 'ip6 only', '64:ff9b::192.0.2.1', 6],
  ];

for (const [host, name, address, family] of literals) {
  test(`the address ${host} by the policy ${name}: ${address ?? 'none'}`, async (t) => {
    t.mock.method(dns, 'lookup', () => assert.fail('an address is not looked up'));
    const chosen = resolve(host, policies[name], never);
    if (address === undefined) await assert.rejects(chosen, failing('no_address'));
    else assert.deepEqual(await chosen, { address, family });
  });
}

type Lookup = (host: string, options: dns.LookupAllOptions, callback: LookupCallback) => void;
type LookupCallback = (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void;

function lookUpBy(t: TestContext, lookup: Lookup): void {
  t.mock.method(dns, 'lookup', lookup);
}

const names: readonly (readonly [
  addresses: readonly dns.LookupAddress[],
  policy: PolicyName,
  chosen: object | undefined,
])[] = [
  [[v4, v6], 'ip6, else ip4', v6],
  [[v4, v6], 'ip4, else ip6', v4],
  [[v4b, v4], 'ip6, else ip4', v4b],
  [[v4b, v4], 'ip4 only', v4b],
  [[v6], 'ip4, else ip6', v6],
  [[v6], 'ip6 only', v6],
  [[], 'ip6, else ip4', undefined],
  [[], 'ip4 only', undefined],
];

for (const [addresses, name, chosen] of names) {
  const listed = addresses.map(({ address }) => address).join(' and ');
  test(`a name with ${listed || 'no address'} by the policy ${name}`, async (t) => {
    lookUpBy(t, (host, options, callback) => {
      assert.equal(host, 'a.test');
      const family = name.endsWith('only') ? (policies[name].preferred === 'ip4' ? 4 : 6) : 0;
      assert.deepEqual(options, { family, all: true, order: 'verbatim' });
      callback(null, [...addresses]);
    });
    const found = resolve('a.test', policies[name], never);
    if (chosen === undefined) await assert.rejects(found, failing('no_address'));
    else assert.deepEqual(await found, chosen);
  });
}

const errors: readonly (readonly [code: string, policy: PolicyName, reason: Reason])[] = [
  ['ENOTFOUND', 'ip6, else ip4', 'nxdomain'],
  ['ENOTFOUND', 'ip4 only', 'no_address'],
  ['EAI_AGAIN', 'ip4 only', 'dns_error'],
  ['EAI_FAIL', 'ip6, else ip4', 'dns_error'],
  ['EAI_MEMORY', 'ip6, else ip4', 'dns_error'],
  ['EMFILE', 'ip6, else ip4', 'too_many_files'],
];

for (const [code, name, reason] of errors) {
  test(`${code} by the policy ${name} is told as ${reason}`, async (t) => {
    lookUpBy(t, (_host, _options, callback) => callback(Object.assign(new Error(code), { code }), []));
    await assert.rejects(resolve('a.test', policies[name], never), failing(reason, /a\.test/));
  });
}

test('a name of this machine is looked up by the system', async () => {
  assert.deepEqual(await resolve('localhost', policies['ip4 only'], never), { address: '127.0.0.1', family: 4 });
});

test('what is no name has no address', async () => {
  for (const host of ['a..b', 'no such', '[::1]']) {
    await assert.rejects(resolve(host, policies['ip6, else ip4'], never), failing('nxdomain'));
  }
  await assert.rejects(resolve('', policies['ip6, else ip4'], never), failing('bad_target'));
});

test('a lookup is called off with the probe, and what it then finds is dropped', async (t) => {
  const controller = new AbortController();
  let answer: LookupCallback | undefined;
  lookUpBy(t, (_host, _options, callback) => (answer = callback));
  const found = resolve('a.test', policies['ip4 only'], controller.signal);
  controller.abort('timeout');
  await assert.rejects(found, failing('timeout'));
  answer?.(null, [v4]);
  answer?.(Object.assign(new Error('late'), { code: 'ENOTFOUND' }), []);
});

test('a probe that is called off already looks up nothing', async (t) => {
  lookUpBy(t, () => assert.fail('it is of no use'));
  await assert.rejects(resolve('a.test', policies['ip4 only'], AbortSignal.abort('cancelled')), failing('cancelled'));
});

const hashed: readonly (readonly [address: string, family: 4 | 6, bytes: readonly number[]])[] = [
  ['127.0.0.1', 4, [127, 0, 0, 1]],
  ['255.255.255.255', 4, [255, 255, 255, 255]],
  ['::1', 6, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  ['2001:db8::192.0.2.33', 6, [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33]],
];

for (const [address, family, bytes] of hashed) {
  test(`the hash of ${address} is that of its bytes`, () => {
    assert.equal(addressHash({ address, family }), fnv1a(bytes));
  });
}

test('the hash of an address does not depend on how it is written', () => {
  const written = ['2001:db8::192.0.2.33', '2001:0DB8:0:0:0:0:c000:221', '2001:db8::c000:221%eth0'];
  const hashes = written.map((address) => addressHash({ address, family: 6 }));
  assert.equal(new Set(hashes).size, 1);
});

function fnv1a(bytes: readonly number[]): number {
  return Number(bytes.reduce((hash, byte) => ((hash ^ BigInt(byte)) * 16_777_619n) % 2n ** 32n, 2_166_136_261n));
}

function failing(reason: Reason, message = /./): (failure: ProbeFailure) => boolean {
  return (failure) => {
    assert.deepEqual([failure.phase, failure.reason], ['resolve', reason]);
    assert.match(failure.message, message);
    return true;
  };
}
