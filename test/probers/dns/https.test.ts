import assert from 'node:assert/strict';
import { test } from 'node:test';
import { root, selfSigned, valid } from '../../support/identities.ts';
import { probeOnce, type ProbeOutcome } from '../../support/probe-once.ts';
import { serveHttp, serveHttps } from '../../support/servers.ts';
import { a, answerTo, owner } from './messages.ts';
import { type HttpsAnswer, type Responder, serveOverHttps } from './servers.ts';

const module = {
  prober: 'dns',
  dns: { query_name: owner, query_type: 'A', transport_protocol: 'https', tls_config: { ca: root.cert } },
};
const ok: Responder = (query) => [answerTo(query, { answer: [a('192.0.2.1')] })];

function assertFailed({ success, failure }: ProbeOutcome, phase: string, reason: string): void {
  assert.deepEqual({ success, phase: failure?.phase, reason: failure?.reason }, { success: false, phase, reason });
}

for (const http1 of [false, true]) {
  test(`an answer comes by HTTP/${http1 ? '1.1' : '2'}`, async (t) => {
    const server = await serveOverHttps(t, valid(), ok, { http1 });
    const { success, metrics } = await probeOnce(module, `${server.origin}/dns-query`);
    assert.equal(success, true);
    assert.equal(metrics.get('probe_dns_answer_rrs'), 1);
    assert.equal(metrics.get('probe_http_version'), http1 ? 1.1 : 2);
    assert.equal(metrics.get('probe_http_status_code'), 200);
    assert.equal(metrics.get('probe_tls_verified'), 1);
    assert.equal(metrics.get('probe_tcp_connections'), 1);
    const [request] = server.takeRequests();
    assert.equal(request?.method, 'POST');
    assert.equal(request?.headers['content-type'], 'application/dns-message');
    assert.equal(request?.headers['accept'], 'application/dns-message');
    assert.equal(request?.headers['content-length'], String(request?.body.length));
    // RFC 8484, section 4.1: the id is 0, so that answers can be cached.
    assert.equal(request?.body.slice(0, 6), '\0\0\u0001\0\0\u0001');
  });
}

const paths: readonly (readonly [(address: string) => string, string])[] = [
  [(address) => address, '/dns-query'],
  [(address) => `https://${address}`, '/dns-query'],
  [(address) => `https://${address}/`, '/dns-query'],
  [(address) => `${address}/resolve?ct=1`, '/resolve?ct=1'],
];

for (const [target, path] of paths) {
  test(`the target ${target('host')} is asked at ${path}`, async (t) => {
    const server = await serveOverHttps(t, valid(), ok);
    assert.equal((await probeOnce(module, target(server.address))).success, true);
    assert.deepEqual(
      server.takeRequests().map(({ url }) => url),
      [path],
    );
  });
}

const failures: readonly (readonly [what: string, answer: HttpsAnswer, respond: Responder, reason: string])[] = [
  ['status 404', { status: 404 }, ok, 'status'],
  ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, ok, 'status'],
  ['status 204', { status: 204, body: Buffer.alloc(0) }, ok, 'status'],
  ['a page', { headers: { 'content-type': 'text/html' } }, ok, 'bad_response'],
  ['no content type', { headers: {} }, ok, 'bad_response'],
  ['an empty body', { body: Buffer.alloc(0) }, ok, 'bad_response'],
  [
    'another id',
    {},
    (query) => [Buffer.concat([Buffer.of(0, 1), ...ok(query).map((bytes) => bytes.subarray(2))])],
    'bad_response',
  ],
  ['half an answer', {}, (query) => ok(query).map((bytes) => bytes.subarray(0, -1)), 'bad_response'],
];

for (const [what, answer, respond, reason] of failures) {
  test(`${what} fails the probe with reason ${reason}`, async (t) => {
    const server = await serveOverHttps(t, valid(), respond, answer);
    assertFailed(await probeOnce(module, server.origin), 'response', reason);
    assert.equal(server.takeRequests().length, 1);
  });
}

test('a body of more than 65535 bytes fails the probe', async (t) => {
  const server = await serveOverHttps(t, valid(), ok, { body: Buffer.alloc(65_536) });
  assertFailed(await probeOnce(module, server.origin), 'transfer', 'too_large');
});

test('parameters of the content type do not matter, nor do capitals', async (t) => {
  const headers = { 'content-type': 'Application/DNS-Message; charset=none' };
  const server = await serveOverHttps(t, valid(), ok, { headers });
  assert.equal((await probeOnce(module, server.origin)).success, true);
});

test('a certificate that nobody trusts fails the probe', async (t) => {
  const server = await serveOverHttps(t, selfSigned(), ok);
  assertFailed(await probeOnce(module, server.origin), 'tls', 'certificate_untrusted');
  assert.equal(server.takeRequests().length, 0);
});

test('a server without TLS fails the probe, and an http URL is no target', async (t) => {
  const server = await serveHttp(t);
  assertFailed(await probeOnce(module, server.address), 'tls', 'tls_protocol');
  assertFailed(await probeOnce(module, server.origin), 'admission', 'bad_target');
});

test('a server that does not answer ends the probe at its deadline', async (t) => {
  const server = await serveHttps(t, valid(), () => {});
  assertFailed(await probeOnce(module, server.origin, { timeout: 0.5 }), 'response', 'timeout');
});
