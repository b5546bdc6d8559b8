import assert from 'node:assert/strict';
import type net from 'node:net';
import { test, type TestContext } from 'node:test';
import { root, selfSigned, valid } from '../../support/identities.ts';
import { probeOnce } from '../../support/probe-once.ts';
import { serveProxy, serveSocks } from '../../support/proxy-server.ts';
import { closedPort, serveHttp, serveHttps, serveTcp } from '../../support/servers.ts';

const trusting = { ca: root.cert };

function module(proxy_url: string, options: object = {}): object {
  return { prober: 'http', http: { proxy_url, tls_config: trusting, ...options } };
}

/** What a server that should be a proxy does, and how a probe through it then fails. */
const failures: readonly (readonly [
  name: string,
  does: (socket: net.Socket) => void,
  reason: string,
  message: RegExp,
])[] = [
  ['closes the connection', (socket) => socket.end(), 'closed', /without an answer to CONNECT/],
  ['resets the connection', (socket) => socket.once('data', () => socket.resetAndDestroy()), 'reset', /ECONNRESET/],
  ['answers with what is no HTTP', (socket) => socket.end('220 mail ready\r\n'), 'bad_response', /no HTTP/],
  ['refuses', (socket) => socket.end('HTTP/1.1 403 Go away\r\n\r\n'), 'status', /403 Go away/],
  ['wants a user', (socket) => socket.end('HTTP/1.0 407 Who\r\n\r\n'), 'status', /407/],
  ['sends a line without an end', (socket) => socket.end('x'.repeat(70_000)), 'too_large', /longer than/],
  [
    'sends headers without an end',
    (socket) => socket.end(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`),
    'too_large',
    /longer than/,
  ],
  [
    'breaks off within the headers',
    (socket) => socket.end('HTTP/1.1 200 OK\r\na: b\r\n'),
    'closed',
    /without an answer/,
  ],
  [
    'sends more than its answer',
    (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nSSH'),
    'bad_response',
    /before anything was asked/,
  ],
];

for (const [name, does, reason, message] of failures) {
  test(`a proxy that ${name} fails the probe in phase proxy`, async (t) => {
    const { port } = await serveTcp(t, does);
    const { success, failure, metrics } = await probeOnce(
      module(`http://user:hunter2@127.0.0.1:${port}`),
      'https://127.0.0.1:1',
    );
    assert.equal(success, false);
    assert.deepEqual([failure?.phase, failure?.reason], ['proxy', reason]);
    assert.match(failure?.message ?? '', message);
    assert.match(failure?.message ?? '', new RegExp(`^The proxy http://127\\.0\\.0\\.1:${port}: `));
    assert.equal(metrics.get(`probe_failure_info{phase="proxy",reason="${reason}"}`), 1);
  });
}

test('a proxy that nobody runs fails the probe in phase proxy', async (t) => {
  const { failure } = await probeOnce(module(`http://127.0.0.1:${await closedPort(t)}`), 'http://127.0.0.1:1');
  assert.deepEqual([failure?.phase, failure?.reason], ['proxy', 'refused']);
});

test('a proxy whose name nobody knows fails the probe in phase proxy', async () => {
  const { failure } = await probeOnce(module('http://proxy.invalid:3128'), 'http://127.0.0.1:1');
  assert.equal(failure?.phase, 'proxy');
  assert.ok(['nxdomain', 'dns_error'].includes(failure.reason), failure.reason);
});

test('a proxy that does not answer keeps the probe until its deadline', async (t) => {
  const { port } = await serveProxy(t, { silent: true });
  const { failure } = await probeOnce(module(`http://127.0.0.1:${port}`), 'https://127.0.0.1:1', { timeout: 0.2 });
  assert.deepEqual([failure?.phase, failure?.reason], ['proxy', 'timeout']);
});

test("the proxy's own certificate is verified for the proxy's name", async (t) => {
  const target = await serveHttp(t);
  const { port } = await serveProxy(t, { identity: selfSigned() });
  const distrusted = await probeOnce(module(`https://127.0.0.1:${port}`), target.origin);
  assert.deepEqual([distrusted.failure?.phase, distrusted.failure?.reason], ['proxy', 'certificate_untrusted']);
  const options = { tls_config: { insecure_skip_verify: true, server_name: 'target.test' } };
  assert.equal((await probeOnce(module(`https://127.0.0.1:${port}`, options), target.origin)).success, true);
});

test('TLS within the TLS of a proxy ends with the probe, whatever happens', async (t) => {
  const { port } = await serveProxy(t, { identity: valid() });
  const answering = await serveHttps(t, valid());
  const silent = await serveHttps(t, valid(), () => {});
  const deaf = await serveTcp(t, () => {});
  const proxied = module(`https://127.0.0.1:${port}`);
  const first = await probeOnce(proxied, answering.origin);
  assert.equal(first.success, true, first.failure?.message);
  assert.equal(first.metrics.get('probe_tls_verified'), 1);
  const second = await probeOnce(proxied, silent.origin, { timeout: 0.3 });
  assert.deepEqual([second.failure?.phase, second.failure?.reason], ['response', 'timeout']);
  const third = await probeOnce(proxied, `https://${deaf.address}`, { timeout: 0.3 });
  assert.deepEqual([third.failure?.phase, third.failure?.reason], ['tls', 'timeout']);
});

test('the connection through a proxy is measured, reset, and counted', async (t) => {
  const target = await serveHttps(t, valid());
  const { port } = await serveProxy(t);
  const { metrics } = await probeOnce(module(`http://127.0.0.1:${port}`), target.origin);
  for (const phase of ['connect', 'proxy', 'tls', 'processing']) {
    const seconds = metrics.get(`probe_http_duration_seconds{phase="${phase}"}`);
    assert.ok(seconds !== undefined && seconds > 0, `${phase}: ${seconds}`);
  }
  assert.equal(metrics.get('probe_tcp_connections'), 1);
  if (process.platform === 'linux') assert.equal(metrics.get('probe_tcp_closed_state{state="closed"}'), 1);
});

test('without a proxy there is no phase of it', async (t) => {
  const target = await serveHttp(t);
  const { metrics } = await probeOnce({ prober: 'http' }, target.origin);
  assert.equal(metrics.has('probe_http_duration_seconds{phase="proxy"}'), false);
});

test('a target that the exceptions name is connected to directly', async (t) => {
  const target = await serveHttp(t);
  const proxy = await serveProxy(t);
  const outcome = await probeOnce(module(`http://127.0.0.1:${proxy.port}`, { no_proxy: 'other.test' }), target.origin);
  assert.equal(outcome.success, true);
  assert.deepEqual(proxy.takeRequests(), []);
});

test('no user, no header for a proxy and no token appears in the log', async (t) => {
  const target = await serveHttps(t, valid());
  const { port } = await serveProxy(t);
  const secrets = { proxy_connect_header: { 'X-Key': ['hunter2'] } };
  const proxied = module(`http://user:hunter2@127.0.0.1:${port}`, secrets);
  const { log, text } = await probeOnce(proxied, target.origin);
  assert.doesNotMatch(JSON.stringify(log) + text, /hunter2/);
  assert.match(JSON.stringify(log), new RegExp(`"proxy":"127\\.0\\.0\\.1:${port}"`));
});

async function throughSocks(
  t: TestContext,
  options: object,
  user = '',
): Promise<readonly [string, string | undefined]> {
  const target = await serveHttp(t);
  const proxy = await serveSocks(t, options);
  const proxied = module(`socks5://${user}127.0.0.1:${proxy.port}`, { skip_resolve_phase_with_proxy: true });
  const { failure } = await probeOnce(proxied, target.origin.replace('127.0.0.1', 'only.proxy.test'));
  assert.deepEqual(
    proxy.targets.map((asked) => asked.replace(/:\d+$/, '')),
    user === 'no' ? [] : ['3 only.proxy.test'],
  );
  return [failure === undefined ? 'success' : `${failure.phase} ${failure.reason}`, proxy.credentials];
}

test('a SOCKS proxy is told the name, and its user where it wants one', async (t) => {
  assert.deepEqual(await throughSocks(t, {}), ['success', undefined]);
  assert.deepEqual(await throughSocks(t, { password: true }, 'user:p%40ss@'), ['success', 'user:p@ss']);
});

test('a SOCKS proxy that cannot connect says why', async (t) => {
  for (const [reply, reason] of [
    [1, 'status'],
    [2, 'permission'],
    [4, 'unreachable'],
    [5, 'refused'],
    [99, 'bad_response'],
  ] as const) {
    assert.deepEqual(await throughSocks(t, { reply }), [`proxy ${reason}`, undefined]);
  }
});

test('what is no SOCKS proxy fails the probe in phase proxy', async (t) => {
  for (const [answer, reason] of [
    ['HTTP/1.1 400 Bad\r\n\r\n', 'bad_response'],
    ['\x05\xff', 'status'],
    ['\x05', 'closed'],
    ['\x05\x00\x05', 'closed'],
  ] as const) {
    const { port } = await serveTcp(t, (socket) => socket.end(answer, 'latin1'));
    const { failure } = await probeOnce(module(`socks5://127.0.0.1:${port}`), 'http://127.0.0.1:1');
    assert.deepEqual([failure?.phase, failure?.reason], ['proxy', reason], answer);
  }
});
