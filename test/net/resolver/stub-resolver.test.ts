import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeFailure, Reason } from '../../../src/net/failure.ts';
import { StubResolver, type StubResolverOptions } from '../../../src/net/resolver/stub-resolver.ts';
import { answerTo, flags, record } from '../../probers/dns/messages.ts';
import { closedUdpPort, serveUdp } from '../../probers/dns/servers.ts';
import { type NameServer, serveNames, type Zone } from './name-server.ts';
import { failing } from './failing.ts';

const never = new AbortController().signal;
const both = [4, 6] as const;

const zone: Zone = (name) => {
  const [label = ''] = name.split('.');
  return {
    two: { a: ['192.0.2.2', '192.0.2.1'], aaaa: [2, 1] },
    'xn--two-dma': { a: ['192.0.2.5'] },
    v4: { a: ['192.0.2.4'] },
    alias: { cname: ['b.test', 'c.test'], a: ['192.0.2.3'], aaaa: [3] },
    dangling: { cname: ['nowhere.test'] },
    long: { a: ['192.0.2.6'], aaaa: [6], long: true },
    empty: {},
    failing: { rcode: 2 },
    refusing: { rcode: 5 },
    silent: 'silent' as const,
  }[label];
};

/** A resolver that asks `server` once. */
function asking({ address }: Pick<NameServer, 'address'>, options: StubResolverOptions = {}): StubResolver {
  return new StubResolver({ servers: [address], timeout: 2000, attempts: 1, ...options });
}

/** Where a server that is silent has to be waited for. */
const shortly = { timeout: 300 };

async function found(resolver: StubResolver, name: string, families: readonly (4 | 6)[] = both): Promise<string[]> {
  return (await resolver.lookup(name, families, never)).map(({ address, family }) => `${family} ${address}`);
}

const answered: readonly (readonly [name: string, addresses: readonly string[], families?: readonly (4 | 6)[]])[] = [
  ['two.test', ['4 192.0.2.2', '4 192.0.2.1', '6 2001:db8::2', '6 2001:db8::1']],
  ['two.test', ['6 2001:db8::2', '6 2001:db8::1'], [6]],
  ['two.test.', ['4 192.0.2.2', '4 192.0.2.1'], [4]],
  ['TWO.test', ['4 192.0.2.2', '4 192.0.2.1'], [4]],
  ['twoé.test', ['4 192.0.2.5'], [4]],
  ['v4.test', ['4 192.0.2.4']],
  ['alias.test', ['4 192.0.2.3', '6 2001:db8::3']],
  ['long.test', ['4 192.0.2.6', '6 2001:db8::6']],
];

for (const [name, addresses, families = both] of answered) {
  test(`${name} has ${addresses.join(', ')} of IP version ${families.join(' and ')}`, async (t) => {
    const server = await serveNames(t, zone);
    assert.deepEqual((await found(asking(server), name, families)).sort(byFamily), addresses);
    const questions = server.takeQuestions().filter((question) => !question.startsWith('TCP'));
    assert.equal(questions.length, families.length);
  });
}

/** Which of the two answers comes first is open; the order within each is that of the server. */
function byFamily(one: string, other: string): number {
  return Number(one[0]) - Number(other[0]);
}

const unanswered: readonly (readonly [name: string, reason: Reason, message: RegExp])[] = [
  ['none.test', 'nxdomain', /^Cannot resolve none\.test: 127\.0\.0\.1:\d+ knows no such name$/],
  ['empty.test', 'no_address', /knows no such address$/],
  ['dangling.test', 'no_address', /knows no such address$/],
  ['failing.test', 'dns_error', /answers SERVFAIL$/],
  ['refusing.test', 'dns_error', /answers REFUSED$/],
  ['silent.test', 'timeout', /does not answer$/],
  ['a..test', 'nxdomain', /no name/],
  ['no such', 'nxdomain', /no name/],
  [`${'a'.repeat(64)}.test`, 'nxdomain', /no name/],
  [`${'a.'.repeat(127)}test`, 'nxdomain', /no name/],
  ['[::1]', 'nxdomain', /no name/],
];

for (const [name, reason, message] of unanswered) {
  test(`${name.slice(0, 20)} is told as ${reason}`, async (t) => {
    const server = await serveNames(t, zone);
    const resolver = asking(server, reason === 'timeout' ? shortly : {});
    await assert.rejects(resolver.lookup(name, both, never), failing(reason, message));
  });
}

test('a port where no server is refuses', async () => {
  const resolver = asking({ address: `127.0.0.1:${await closedUdpPort()}` });
  await assert.rejects(resolver.lookup('two.test', both, never), failing('refused', /refuses to be asked$/));
});

test('an answer that is cut off, of a server that is not there by TCP, is none', async (t) => {
  const server = await serveUdp(t, (query) => [answerTo(query, { flags: flags.truncated })]);
  await assert.rejects(asking(server).lookup('two.test', both, never), failing('refused', /refuses to be asked$/));
});

test('what is no answer costs no more than the time for one', async (t) => {
  const noise = [Buffer.alloc(0), Buffer.alloc(12, 0xff), Buffer.alloc(600, 0xc0)];
  const server = await serveUdp(t, (query) => [
    ...noise,
    Buffer.concat([query.subarray(0, 2), Buffer.alloc(40, 0xff)]),
    answerTo(query, { answer: [record('A', Buffer.alloc(3))] }),
  ]);
  await assert.rejects(asking(server).lookup('two.test', both, never), (failure: ProbeFailure) => {
    assert.ok(['timeout', 'dns_error', 'no_address'].includes(failure.reason), failure.message);
    return failure.phase === 'resolve';
  });
});

test('a server that fails, or says nothing, leaves it to the next', async (t) => {
  const failed = await serveNames(t, () => ({ rcode: 2 }));
  const silent = await serveNames(t, () => 'silent');
  const closed = `127.0.0.1:${await closedUdpPort()}`;
  const good = await serveNames(t, zone);
  const resolver = asking(good, { ...shortly, servers: [closed, failed.address, silent.address, good.address] });
  assert.deepEqual(await found(resolver, 'two.test', [4]), ['4 192.0.2.2', '4 192.0.2.1']);
  await assert.rejects(resolver.lookup('none.test', both, never), (failure: ProbeFailure) => {
    assert.equal(failure.reason, 'nxdomain');
    assert.match(failure.message, /refuses to be asked, .* answers SERVFAIL, .* does not answer, .* no such name$/);
    return true;
  });
});

test('each server is asked as often as it may be', async (t) => {
  const [one, other] = [await serveNames(t, zone), await serveNames(t, zone)];
  const resolver = asking(one, { servers: [one.address, other.address], timeout: 20, attempts: 3 });
  await assert.rejects(resolver.lookup('silent.test', both, never), failing('timeout'));
  const asked = ['A', 'A', 'A', 'AAAA', 'AAAA', 'AAAA'].map((type) => `${type} silent.test`);
  assert.deepEqual([one.takeQuestions(), other.takeQuestions()], [asked, asked]);
});

test('only what is still open is asked again', async (t) => {
  const server = await serveNames(t, (name, type) => (type === 'A' ? zone(name, type) : 'silent'));
  const resolver = asking(server, { ...shortly, attempts: 2 });
  assert.deepEqual(await found(resolver, 'v4.test'), ['4 192.0.2.4']);
  assert.deepEqual(server.takeQuestions(), ['A v4.test', 'AAAA v4.test', 'AAAA v4.test']);
});

test('a server that was quick may be slow the next time', async (t) => {
  const slow = { a: ['192.0.2.9'], delay: 1300 };
  const server = await serveNames(t, (name, type) => (name === 'slow.test' ? slow : zone(name, type)));
  const resolver = asking(server, { timeout: 5000 });
  for (let count = 0; count < 10; count++) await resolver.lookup('two.test', both, never);
  server.takeQuestions();
  assert.deepEqual(await found(resolver, 'slow.test', [4]), ['4 192.0.2.9']);
  assert.deepEqual(server.takeQuestions(), ['A slow.test']);
});
