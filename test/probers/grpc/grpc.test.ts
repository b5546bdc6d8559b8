import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  framed,
  grpcHeaders,
  health,
  respond,
  respondAtOnce,
  respondWithoutTrailers,
  serveGrpc,
  type Responder,
} from '../../support/grpc-server.ts';
import { client, expired, root, valid, wrongHost } from '../../support/identities.ts';
import { probeOnce, type ProbeOutcome } from '../../support/probe-once.ts';
import { closedPort, serveTcp, serveTls } from '../../support/servers.ts';
import { data, headers, settings } from '../http/frames.ts';

const module = (grpc: object = {}, rest: object = {}): object => ({ prober: 'grpc', grpc, ...rest });
const secure = (tls_config: object = { ca: root.cert }): object => module({ tls: true, tls_config });
const serving = framed([8, 1]);

function assertFailed({ success, failure, metrics }: ProbeOutcome, phase: string, reason: string, code: number): void {
  const seen = { success, phase: failure?.phase, reason: failure?.reason, code: metrics.get('probe_grpc_status_code') };
  assert.deepEqual(seen, { success: false, phase, reason, code }, failure?.message);
  assert.equal(metrics.get(`probe_failure_info{phase="${phase}",reason="${reason}"}`), 1);
}

/** The serving statuses whose series are 1. */
function statusesOf({ metrics }: ProbeOutcome): string[] {
  const series = [...metrics].filter(
    ([key, value]) => key.startsWith('probe_grpc_healthcheck_response{') && value === 1,
  );
  return series.map(([key]) => /"(.*)"/.exec(key)?.[1] ?? '');
}

test('a service that is serving is told in numbers', async (t) => {
  const server = await serveGrpc(t);
  const outcome = await probeOnce(module(), server.address);
  const { success, metrics } = outcome;
  assert.equal(success, true, outcome.failure?.message);
  assert.deepEqual(statusesOf(outcome), ['SERVING']);
  for (const status of ['UNKNOWN', 'NOT_SERVING', 'SERVICE_UNKNOWN']) {
    assert.equal(metrics.get(`probe_grpc_healthcheck_response{serving_status="${status}"}`), 0);
  }
  assert.equal(metrics.get('probe_grpc_status_code'), 0);
  assert.equal(metrics.get('probe_grpc_ssl'), 0);
  assert.equal(metrics.get('probe_ip_protocol'), 4);
  for (const phase of ['resolve', 'check'])
    assert.ok((metrics.get(`probe_grpc_duration_seconds{phase="${phase}"}`) ?? 0) > 0);
  assert.equal(metrics.get('probe_tcp_connections'), 1);
});

test('the request carries the service, the metadata and what is left of the time', async (t) => {
  const server = await serveGrpc(t);
  const metadata = { 'x-one': ['a', 'b'], Authorization: ['Bearer secret'], 'key-bin': ['test'] };
  const outcome = await probeOnce(module({ service: 'my.svc', metadata }), server.address, { timeout: 5 });
  assert.equal(outcome.success, true, outcome.failure?.message);
  const [call] = server.takeCalls();
  assert.equal(call?.body.toString('hex'), '00000000080a066d792e737663');
  const { headers } = call;
  assert.equal(headers[':path'], '/grpc.health.v1.Health/Check');
  assert.equal(headers[':scheme'], 'http');
  assert.equal(headers[':authority'], server.address);
  assert.equal(headers['te'], 'trailers');
  assert.equal(headers['content-type'], 'application/grpc');
  assert.equal(headers['x-one'], 'a, b');
  assert.equal(headers.authorization, 'Bearer secret');
  assert.equal(headers['key-bin'], 'dGVzdA');
  const left = /^(\d+)m$/.exec(String(headers['grpc-timeout']))?.[1];
  assert.ok(Number(left) > 0 && Number(left) <= 5000, String(headers['grpc-timeout']));
  assert.ok(!outcome.log.some((record) => JSON.stringify(record).includes('secret')));
});

test('the hostname parameter is the authority, and the name that the certificate must be for', async (t) => {
  const plain = await serveGrpc(t);
  await probeOnce(module(), plain.address, { hostname: 'health.test' });
  assert.equal(plain.takeCalls()[0]?.headers[':authority'], 'health.test');
  const secured = await serveGrpc(t, undefined, { identity: wrongHost() });
  const outcome = await probeOnce(secure(), secured.address, { hostname: 'other.test' });
  assert.equal(outcome.success, true, outcome.failure?.message);
  assert.equal(secured.takeCalls()[0]?.headers[':authority'], 'other.test');
});

const healths: readonly (readonly [string, readonly number[], string])[] = [
  ['UNKNOWN', [], 'UNKNOWN'],
  ['NOT_SERVING', [8, 2], 'NOT_SERVING'],
  ['SERVICE_UNKNOWN', [8, 3], 'SERVICE_UNKNOWN'],
  ['a status without a name', [8, 9], '9'],
];

for (const [name, message, label] of healths) {
  test(`a service that is not serving fails as health: ${name}`, async (t) => {
    const { address } = await serveGrpc(t, respond(framed(message)));
    const outcome = await probeOnce(module(), address);
    assertFailed(outcome, 'check', 'health', 0);
    assert.deepEqual(statusesOf(outcome), [label]);
  });
}

const plainHttp = (status: number): Responder =>
  respondWithoutTrailers(Buffer.from('<p>'), { ':status': status, 'content-type': 'text/html' });
const reset =
  (code: number): Responder =>
  (stream) =>
    stream.close(code);

const answers: readonly (readonly [string, Responder, string, string, number])[] = [
  ['NOT_FOUND', respondAtOnce({ 'grpc-status': '5', 'grpc-message': 'no%20such' }), 'check', 'status', 5],
  ['UNAVAILABLE', respondAtOnce({ 'grpc-status': '14' }), 'check', 'status', 14],
  ['a status that gRPC does not have', respondAtOnce({ 'grpc-status': '99' }), 'check', 'status', 99],
  ['a status behind a message', respond(serving, { 'grpc-status': '13' }), 'check', 'status', 13],
  ['a status that is no number', respondAtOnce({ 'grpc-status': 'x' }), 'response', 'bad_response', 2],
  ['trailers without a status', respond(serving, { x: '0' }), 'response', 'bad_response', 2],
  ['no trailers', respondWithoutTrailers(serving), 'response', 'bad_response', 13],
  ['no message', respond(Buffer.alloc(0)), 'response', 'bad_response', 13],
  ['two messages', respond(Buffer.concat([serving, serving])), 'response', 'bad_response', 13],
  ['half a message', respond(serving.subarray(0, 6)), 'response', 'bad_response', 13],
  ['a compressed message', respond(framed([8, 1], 1)), 'response', 'bad_response', 13],
  ['a message that is no health', respond(framed([8])), 'response', 'bad_response', 13],
  ['a message of 16 MiB', respond(Buffer.from('0001000000', 'hex')), 'response', 'too_large', 8],
  ['HTTP status 404', plainHttp(404), 'response', 'status', 12],
  ['HTTP status 503', plainHttp(503), 'response', 'status', 14],
  ['HTTP status 401', plainHttp(401), 'response', 'status', 16],
  ['HTTP status 418', plainHttp(418), 'response', 'status', 2],
  ['a web page', plainHttp(200), 'response', 'bad_response', 2],
  [
    'gRPC-Web',
    respond(serving, undefined, { ...grpcHeaders, 'content-type': 'application/grpc-web' }),
    'response',
    'bad_response',
    2,
  ],
  ['a reset without a reason', reset(0), 'response', 'bad_response', 13],
  ['a reset by an internal error', reset(2), 'response', 'reset', 13],
  ['a reset as refused', reset(7), 'response', 'reset', 14],
  ['a reset as cancelled', reset(8), 'response', 'reset', 1],
  ['a reset to calm down', reset(11), 'response', 'reset', 8],
  ['a connection that is shut down', (stream) => stream.session?.destroy(), 'response', 'closed', 14],
  ['a connection that is shut down with an error', (stream) => stream.session?.goaway(11), 'response', 'closed', 14],
];

for (const [name, responder, phase, reason, code] of answers) {
  test(`an answer fails as ${reason} with status ${code}: ${name}`, async (t) => {
    const { address } = await serveGrpc(t, responder);
    const outcome = await probeOnce(module(), address);
    assertFailed(outcome, phase, reason, code);
    assert.deepEqual(statusesOf(outcome), []);
  });
}

const accepted: readonly (readonly [string, Responder])[] = [
  ['application/grpc+proto', respond(serving, undefined, { ...grpcHeaders, 'content-type': 'application/grpc+proto' })],
  ['an HTTP status other than 200', respond(serving, undefined, { ...grpcHeaders, ':status': 500 })],
  ['interim headers', (stream) => (stream.additionalHeaders({ ':status': 103 }), health(1)(stream))],
];

for (const [name, responder] of accepted) {
  test(`an answer is taken: ${name}`, async (t) => {
    const { address } = await serveGrpc(t, responder);
    const outcome = await probeOnce(module(), address);
    assert.equal(outcome.success, true, outcome.failure?.message);
  });
}

test('a server that speaks no HTTP/2 fails as a bad response', async (t) => {
  const http1 = await serveTcp(t, (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  assertFailed(await probeOnce(module(), http1.address), 'response', 'bad_response', 14);
  const noise = await serveTcp(t, (socket) => socket.write(Buffer.alloc(64, 0xff)));
  assertFailed(await probeOnce(module(), noise.address), 'response', 'bad_response', 14);
});

test('a server that sends what HTTP/2 does not allow fails as a bad response', async (t) => {
  const rude = await serveTcp(t, (socket) => socket.write(Buffer.concat([settings(), data('without headers')])));
  assertFailed(await probeOnce(module(), rude.address), 'response', 'bad_response', 14);
  const worse = await serveTcp(t, (socket) =>
    socket.write(
      Buffer.concat([
        settings(),
        headers({ ':status': '200', 'content-type': 'application/grpc' }),
        data('\0\0\0\0\0too much'),
        data('', 0xff),
      ]),
    ),
  );
  assertFailed(await probeOnce(module(), worse.address), 'response', 'bad_response', 13);
});

test('a connection that ends or breaks is told apart', async (t) => {
  const ending = await serveTcp(t, (socket) => socket.end());
  assertFailed(await probeOnce(module(), ending.address), 'response', 'closed', 14);
  const breaking = await serveTcp(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
  assertFailed(await probeOnce(module(), breaking.address), 'response', 'reset', 14);
  assertFailed(await probeOnce(module(), `127.0.0.1:${await closedPort(t)}`), 'connect', 'refused', 14);
});

test('a server that is silent runs into the deadline', async (t) => {
  const silent = await serveTcp(t, () => {});
  assertFailed(await probeOnce(module(), silent.address, { timeout: 1 }), 'response', 'timeout', 4);
  const waiting = await serveGrpc(t, () => {});
  assertFailed(await probeOnce(module(), waiting.address, { timeout: 1 }), 'response', 'timeout', 4);
  const half = await serveGrpc(t, (stream) => (stream.respond(grpcHeaders), stream.write(serving)));
  assertFailed(await probeOnce(module(), half.address, { timeout: 1 }), 'response', 'timeout', 4);
});

test('a probe that nobody waits for any more is called off', async (t) => {
  const controller = new AbortController();
  const server = await serveGrpc(t, () => controller.abort());
  assertFailed(await probeOnce(module(), server.address, { signal: controller.signal }), 'response', 'cancelled', 1);
});

test('over TLS the certificate is told', async (t) => {
  const { address } = await serveGrpc(t, undefined, { identity: valid() });
  const { success, metrics } = await probeOnce(secure(), address);
  assert.equal(success, true);
  assert.equal(metrics.get('probe_grpc_ssl'), 1);
  assert.equal(metrics.get('probe_tls_version_info{version="TLS 1.3"}'), 1);
  assert.ok((metrics.get('probe_ssl_earliest_cert_expiry') ?? 0) > Date.now() / 1000);
  assert.equal(metrics.get('probe_tls_verified'), 1);
});

test('over TLS it is told that there was TLS, whatever the answer', async (t) => {
  const { address } = await serveGrpc(t, respondAtOnce({ 'grpc-status': '5' }), { identity: valid() });
  const outcome = await probeOnce(secure(), address);
  assertFailed(outcome, 'check', 'status', 5);
  assert.equal(outcome.metrics.get('probe_grpc_ssl'), 1);
});

test('an expired certificate still yields its expiry', async (t) => {
  const { address } = await serveGrpc(t, undefined, { identity: expired() });
  const outcome = await probeOnce(secure(), address);
  assertFailed(outcome, 'tls', 'certificate_expired', 14);
  assert.ok((outcome.metrics.get('probe_ssl_earliest_cert_expiry') ?? Infinity) < Date.now() / 1000);
  const unverified = await probeOnce(secure({ insecure_skip_verify: true }), address);
  assert.equal(unverified.success, true);
});

test('a server that demands a client certificate gets it', async (t) => {
  const options = { identity: valid(), requestCert: true, rejectUnauthorized: true, ca: root.cert };
  const { address } = await serveGrpc(t, undefined, options);
  const { cert, key } = client();
  const outcome = await probeOnce(secure({ ca: root.cert, cert, key }), address);
  assert.equal(outcome.success, true, outcome.failure?.message);
  const without = await probeOnce(secure(), address);
  assert.equal(without.success, false);
});

test('a server that does not agree to HTTP/2 fails in phase tls', async (t) => {
  const { address } = await serveTls(t, valid());
  assertFailed(await probeOnce(secure(), address), 'tls', 'tls_protocol', 14);
  const plain = await serveGrpc(t);
  assertFailed(await probeOnce(secure(), plain.address), 'tls', 'tls_protocol', 14);
});

const targets: readonly (readonly [string, (port: number) => string])[] = [
  ['a URL', (port) => `http://127.0.0.1:${port}/some/path?query`],
  ['an https URL, which does not mean TLS', (port) => `https://127.0.0.1:${port}`],
  ['a name', (port) => `localhost:${port}`],
];

for (const [name, target] of targets) {
  test(`the target may be ${name}`, async (t) => {
    const { port } = await serveGrpc(t);
    const outcome = await probeOnce(module({ preferred_ip_protocol: 'ip4' }), target(port));
    assert.equal(outcome.success, true, outcome.failure?.message);
  });
}

for (const target of ['', 'http://', '127.0.0.1:port', '127.0.0.1:70000', '::1:80', '[::1:80']) {
  test(`the target ${JSON.stringify(target)} is refused`, async () => {
    const { failure } = await probeOnce(module(), target);
    assert.equal(failure?.reason, 'bad_target', failure?.message);
  });
}

const configurations: readonly (readonly [string, object, RegExp])[] = [
  [
    'a key of metadata with a blank',
    { metadata: { 'a b': ['x'] } },
    /grpc\.metadata\["a b"\]: "a b" is no key of metadata/,
  ],
  ['a value beyond ASCII', { metadata: { a: ['\u00fc'] } }, /grpc\.metadata\.a: a value may only have printable ASCII/],
  ['metadata that is no list', { metadata: { a: 'x' } }, /grpc\.metadata\.a: must be a list/],
  ['metadata twice', { metadata: { 'a-b': ['x'], 'A-B': ['y'] } }, /given more than once, in upper and in lower case/],
  ['a service that is a list', { service: ['x'] }, /grpc\.service: must be a text/],
  ['tls that is a text', { tls: 'maybe' }, /grpc\.tls: must be true or false/],
  ['an unknown key', { srvice: 'x' }, /did you mean service\?/],
  ['an unknown IP protocol', { preferred_ip_protocol: 'ip5' }, /must be ip4 or ip6/],
];

for (const [name, grpc, message] of configurations) {
  test(`a configuration is refused: ${name}`, async () => {
    await assert.rejects(probeOnce(module(grpc), 'unused'), message);
  });
}

test('the connection is closed as its module wants, without a trace by default', async (t) => {
  const server = await serveGrpc(t);
  const reset = await probeOnce(module(), server.address);
  const fin = await probeOnce(module({}, { connection: { close: 'fin' } }), server.address);
  for (const { success } of [reset, fin]) assert.equal(success, true);
  const states = [...reset.metrics.keys()].filter((key) => key.startsWith('probe_tcp_closed_state'));
  if (states.length > 0) assert.deepEqual(states, ['probe_tcp_closed_state{state="closed"}']);
});
