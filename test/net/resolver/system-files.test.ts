import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { Reason } from '../../../src/net/failure.ts';
import { cacheCounts } from '../../../src/net/resolver/answer-cache.ts';
import { StubResolver } from '../../../src/net/resolver/stub-resolver.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import { type NameServer, serveNames, type Zone } from './name-server.ts';
import { failing } from './failing.ts';

const never = new AbortController().signal;

interface Scene {
  readonly server: NameServer;
  readonly hosts: string;
  readonly conf: string;
  /** The IPv4 addresses of a name. */
  readonly look: (name: string) => Promise<string[]>;
  /** Lets milliseconds pass. */
  readonly pass: (time: number) => void;
}

interface Files {
  readonly hosts?: string;
  /** Below the line of the server. */
  readonly conf?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

let scenes = 0;

async function scene(t: TestContext, zone: Zone, { hosts = '', conf = '', environment = {} }: Files): Promise<Scene> {
  const server = await serveNames(t, zone);
  scenes += 1;
  const paths = {
    hosts: temporaryFile(`hosts-${scenes}`, hosts),
    conf: temporaryFile(`resolv-${scenes}.conf`, `nameserver ${server.address}\noptions timeout:1 attempts:1\n${conf}`),
  };
  let now = 0;
  const resolver = new StubResolver({
    hostsFile: paths.hosts,
    resolvConfFile: paths.conf,
    environment,
    now: () => now,
  });
  return {
    server,
    ...paths,
    look: async (name) => (await resolver.lookup(name, [4], never)).map(({ address }) => address),
    pass: (time) => void (now += time),
  };
}

const everything: Zone = () => ({ a: ['192.0.2.1'] });

const searches: readonly (readonly [files: Files, name: string, asked: readonly string[]])[] = [
  [{}, 'web', ['web']],
  [{ conf: 'search one.test two.test.' }, 'web', ['web.one.test', 'web.two.test', 'web']],
  [{ conf: 'search one.test' }, 'web.', ['web']],
  [{ conf: 'search one.test' }, 'web.shop', ['web.shop', 'web.shop.one.test']],
  [{ conf: 'search one.test\noptions ndots:2' }, 'web.shop', ['web.shop.one.test', 'web.shop']],
  [{ conf: 'domain one.test' }, 'web', ['web.one.test', 'web']],
  [{ conf: 'search one.test\nsearch two.test' }, 'web', ['web.two.test', 'web']],
  [{ conf: 'search one.test', environment: { LOCALDOMAIN: 'mine.test' } }, 'web', ['web.mine.test', 'web']],
  [{ conf: 'search one.test', environment: { RES_OPTIONS: 'ndots:0' } }, 'web', ['web', 'web.one.test']],
];

for (const [files, name, asked] of searches) {
  test(`${JSON.stringify(files)} makes of ${name} ${asked.join(', then ')}`, async (t) => {
    const order: string[] = [];
    const { look } = await scene(t, (found) => void order.push(found), files);
    await assert.rejects(look(name), failing('nxdomain'));
    assert.deepEqual(order, asked);
  });
}

test('the search ends where there are addresses', async (t) => {
  const { look, server } = await scene(t, (name) => (name === 'web.two.test' ? { a: ['192.0.2.7'] } : undefined), {
    conf: 'search one.test two.test three.test',
  });
  assert.deepEqual(await look('web'), ['192.0.2.7']);
  assert.deepEqual(server.takeQuestions(), ['A web.one.test', 'A web.two.test']);
});

const verdicts: readonly (readonly [of: Readonly<Record<string, ReturnType<Zone>>>, reason: Reason, asked: number])[] =
  [
    [{}, 'nxdomain', 3],
    [{ 'web.one.test': {} }, 'no_address', 3],
    [{ web: {} }, 'no_address', 3],
    [{ 'web.one.test': { rcode: 2 }, web: {} }, 'dns_error', 3],
    [{ 'web.two.test': { rcode: 5 } }, 'dns_error', 3],
    [{ 'web.one.test': 'silent' }, 'timeout', 1],
  ];

for (const [entries, reason, asked] of verdicts) {
  test(`a search that meets ${JSON.stringify(entries)} ends as ${reason}`, async (t) => {
    const { look, server } = await scene(t, (name) => entries[name], { conf: 'search one.test two.test' });
    await assert.rejects(look('web'), failing(reason));
    assert.equal(server.takeQuestions().length, asked);
  });
}

test('the hosts file goes first, and is all that counts for a name in it', async (t) => {
  const hosts = '# 192.0.2.9 web\n192.0.2.5\tWeb web.test # 192.0.2.8 other\n192.0.2.6 web\n2001:db8::6 six\nno line\n';
  const { look, server } = await scene(t, everything, { hosts });
  assert.deepEqual(await look('web'), ['192.0.2.5', '192.0.2.6']);
  assert.deepEqual(await look('WEB.test.'), ['192.0.2.5']);
  assert.deepEqual(await look('six'), []);
  assert.deepEqual(server.takeQuestions(), []);
  assert.deepEqual(await look('other'), ['192.0.2.1']);
});

test('nobody is asked for localhost', async (t) => {
  const { look, server } = await scene(t, everything, {});
  assert.deepEqual(await look('localhost'), ['127.0.0.1']);
  assert.deepEqual(await look('app.LocalHost.'), ['127.0.0.1']);
  const listed = await scene(t, everything, { hosts: '127.0.0.2 localhost' });
  assert.deepEqual(await listed.look('app.localhost'), ['127.0.0.2']);
  assert.deepEqual([server.takeQuestions(), listed.server.takeQuestions()], [[], []]);
});

test('files are read anew when they have changed, and looked at once a second', async (t) => {
  const { look, pass, hosts, conf } = await scene(t, everything, { hosts: '192.0.2.5 web' });
  assert.deepEqual(await look('web'), ['192.0.2.5']);
  writeFileSync(hosts, '192.0.2.66 web');
  pass(999);
  assert.deepEqual(await look('web'), ['192.0.2.5']);
  pass(1);
  assert.deepEqual(await look('web'), ['192.0.2.66']);
  rmSync(hosts);
  pass(1000);
  assert.deepEqual(await look('web'), ['192.0.2.1']);
  const other = await serveNames(t, () => ({ a: ['192.0.2.77'] }));
  writeFileSync(conf, `nameserver ${other.address}\n`);
  assert.deepEqual(await look('web'), ['192.0.2.1']);
  pass(1000);
  assert.deepEqual(await look('web'), ['192.0.2.77']);
});

test('with rotate each lookup begins with the next server', async (t) => {
  const other = await serveNames(t, everything);
  const { look, server } = await scene(t, everything, { conf: `nameserver ${other.address}\noptions rotate` });
  for (const name of ['a', 'b', 'c', 'd']) await look(name);
  assert.deepEqual(
    [server.takeQuestions(), other.takeQuestions()],
    [
      ['A a', 'A c'],
      ['A b', 'A d'],
    ],
  );
});

test('given servers are asked in place of the files', async (t) => {
  const server = await serveNames(t, everything);
  const files = { hostsFile: temporaryFile('unread-hosts', '192.0.2.5 web'), resolvConfFile: '/dev/null' };
  const resolver = new StubResolver({ ...files, servers: [server.address] });
  assert.deepEqual(await resolver.lookup('web', [4], never), [{ address: '192.0.2.1', family: 4 }]);
  assert.equal((await resolver.lookup('localhost', [4, 6], never)).length, 2);
  assert.deepEqual(server.takeQuestions(), ['A web']);
});

test('an answer is kept for its time only where the cache is on', async (t) => {
  const zone: Zone = (name) => (name === 'none' ? undefined : { a: ['192.0.2.1'], ttl: name === 'brief' ? 0 : 60 });
  const server = await serveNames(t, zone);
  const kept = new StubResolver({ servers: [server.address], cache: true });
  const fresh = new StubResolver({ servers: [server.address] });
  const before = { ...cacheCounts };
  for (const name of ['web', 'web', 'WEB', 'brief', 'brief']) await kept.lookup(name, [4], never);
  for (let count = 0; count < 2; count++) await assert.rejects(kept.lookup('none', [4], never), failing('nxdomain'));
  assert.deepEqual(server.takeQuestions(), ['A brief', 'A brief', 'A none', 'A none', 'A web']);
  assert.deepEqual(cacheCounts, { hits: before.hits + 2, misses: before.misses + 5 });
  await fresh.lookup('web', [4], never);
  await fresh.lookup('web', [4], never);
  assert.deepEqual(server.takeQuestions(), ['A web', 'A web']);
});

test('an answer is not kept when only one IP version was to be had', async (t) => {
  const server = await serveNames(t, (_name, type) => (type === 'A' ? { a: ['192.0.2.1'] } : { rcode: 2 }));
  const resolver = new StubResolver({ servers: [server.address], attempts: 1, cache: true });
  for (let count = 0; count < 2; count++) {
    assert.deepEqual(await resolver.lookup('web', [4, 6], never), [{ address: '192.0.2.1', family: 4 }]);
  }
  assert.deepEqual(server.takeQuestions(), ['A web', 'A web', 'AAAA web', 'AAAA web']);
});
