import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { probeOnce } from '../support/probe-once.ts';
import { type Lifetime, serveHttp, serveTcp } from '../support/servers.ts';
import { serveUdp } from './dns/servers.ts';

const source = '127.0.0.42';
const skip = process.platform !== 'linux' && 'only Linux has all of 127.0.0.0/8';

interface Seen {
  readonly address: string;
  /** Where connections came from. */
  readonly sources: (string | undefined)[];
}

/** A server that notes where each connection comes from, and then does as `script` says: by default it closes it. */
async function note(lifetime: Lifetime, script = (socket: Socket): unknown => socket.end()): Promise<Seen> {
  const sources: (string | undefined)[] = [];
  const { address } = await serveTcp(lifetime, (socket) => {
    sources.push(socket.remoteAddress);
    script(socket);
  });
  return { address, sources };
}

const sections: readonly (readonly [prober: string, section: object])[] = [
  ['http', {}],
  ['tcp', {}],
  ['grpc', {}],
  ['websocket', {}],
  ['dns', { query_name: 'a.test', transport_protocol: 'tcp' }],
];

for (const [prober, section] of sections) {
  test(`${prober} connects from the source_ip_address of the connection`, { skip }, async (t) => {
    const { address, sources } = await note(t);
    await probeOnce({ prober, [prober]: section, connection: { source_ip_address: source } }, address);
    assert.deepEqual(sources, [source]);
  });

  test(`${prober} fails from a source_ip_address of the other IP version`, async (t) => {
    const { address, sources } = await note(t);
    const { failure, metrics } = await probeOnce(
      { prober, [prober]: section, connection: { source_ip_address: '::1' } },
      address,
    );
    assert.deepEqual([failure?.phase, failure?.reason], ['connect', 'local_address'], failure?.message);
    assert.match(failure?.message ?? '', /from source_ip_address ::1: that is no IPv4 address/);
    assert.equal(metrics.has('probe_tcp_connections'), false);
    assert.deepEqual(sources, []);
  });
}

test('a query by UDP fails from a source_ip_address of the other IP version', async (t) => {
  const server = await serveUdp(t, () => []);
  const module = { prober: 'dns', dns: { query_name: 'a.test', source_ip_address: '::1' } };
  const { failure } = await probeOnce(module, server.address);
  assert.deepEqual([failure?.phase, failure?.reason], ['connect', 'local_address'], failure?.message);
});

test('redirects, proxies and requests for tokens come from the source_ip_address as well', { skip }, async (t) => {
  const sources: (string | undefined)[] = [];
  const target = await serveHttp(t, ({ url, socket }, response) => {
    sources.push(socket.remoteAddress);
    if (url === '/') response.writeHead(302, { Location: '/there' });
    response.end();
  });
  const proxy = await note(t);
  const tokens = await note(t);
  const connection = { source_ip_address: source };
  assert.equal((await probeOnce({ prober: 'http', connection }, target.origin)).success, true);
  assert.deepEqual(sources, [source, source]);
  await probeOnce({ prober: 'http', http: { proxy_url: `http://${proxy.address}` }, connection }, target.origin);
  assert.deepEqual(proxy.sources, [source]);
  const oauth2 = { client_id: 'a', token_url: `http://${tokens.address}/` };
  await probeOnce({ prober: 'http', http: { oauth2 }, connection }, target.origin);
  assert.deepEqual(tokens.sources, [source]);
});

for (const [prober, section] of sections) {
  test(`ip_info tells the address that ${prober} went to`, async (t) => {
    const { address } = await note(t);
    const target = address.replace('127.0.0.1', 'localhost');
    const module = { prober, [prober]: { ...section, preferred_ip_protocol: 'ip4' } };
    const { metrics } = await probeOnce({ ...module, ip_info: true }, target);
    assert.equal(metrics.get('probe_ip_info{ip="127.0.0.1"}'), 1);
    assert.doesNotMatch((await probeOnce(module, target)).text, /probe_ip_info/);
  });
}

test('ip_info tells no address where none was chosen', async () => {
  const { text, failure } = await probeOnce({ prober: 'tcp', ip_info: true }, ':80');
  assert.equal(failure?.phase, 'resolve');
  assert.doesNotMatch(text, /probe_ip_info/);
});

const socketWhy = 'a unix socket has no IP address';
const fileWhy = 'a file has no IP address';
const fromSource = { connection: { source_ip_address: source } };
const byServer = { resolver: { servers: ['192.0.2.1'] } };

for (const [prober, path, key, why] of [
  ['unix', 'ip_info', { ip_info: true }, socketWhy],
  ['unix', 'connection.source_ip_address', fromSource, socketWhy],
  ['unix', 'resolver', byServer, socketWhy],
  ['tls_file', 'ip_info', { ip_info: true }, fileWhy],
  ['tls_file', 'connection', fromSource, 'a file is read without one'],
  ['tls_file', 'connection', { connection: { close: 'fin' } }, 'a file is read without one'],
  ['tls_file', 'resolver', byServer, fileWhy],
] as const) {
  test(`${prober} refuses ${JSON.stringify(key)}`, async () => {
    const says = new RegExp(`\\btest\\.yml:3:\\d+: modules\\.tested\\.${path.replace('.', '\\.')}: ${why}$`, 'm');
    await assert.rejects(probeOnce({ prober, ...key }, '/unused'), says);
  });
}
