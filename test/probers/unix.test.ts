import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { loadModules } from '../../src/config/modules.ts';
import { probers } from '../../src/probers/index.ts';
import { expired, root, selfSigned, valid } from '../support/identities.ts';
import { probeOnce, type ProbeOutcome } from '../support/probe-once.ts';
import { temporaryFile } from '../support/temporary-files.ts';
import { freePath, noAbstractSockets, offerStartTls, serveUnix, startTlsSteps } from '../support/unix-server.ts';

const module = (unix: object = {}): object => ({ prober: 'unix', unix });
const dialogue = (...query_response: object[]): object => module({ query_response });
const trusting = { ca: root.cert, server_name: 'localhost' };

const greet = (socket: Socket): void => void socket.write('hello one\n');
const echo = (socket: Socket): void => void socket.on('data', (chunk: Buffer) => socket.write(chunk));

function assertFailed({ success, failure, metrics }: ProbeOutcome, phase: string, reason: string): void {
  const seen = { success, phase: failure?.phase, reason: failure?.reason };
  assert.deepEqual(seen, { success: false, phase, reason }, failure?.message);
  assert.equal(metrics.get(`probe_failure_info{phase="${phase}",reason="${reason}"}`), 1);
}

test('a connection is told with its phases, and without any facts of TCP', async (t) => {
  const { path } = await serveUnix(t);
  const { success, metrics } = await probeOnce(module(), path);
  assert.equal(success, true);
  assert.ok((metrics.get('probe_tcp_duration_seconds{phase="connect"}') ?? 0) > 0);
  assert.equal(metrics.get('probe_tcp_duration_seconds{phase="tls"}'), 0);
  assert.equal(metrics.get('probe_failed_due_to_regex'), 0);
  assert.equal(metrics.get('probe_failed_due_to_bytes'), 0);
  const others = [...metrics.keys()].filter((key) => /^probe_(tcp_(?!duration)|ip_|dns_)/.test(key));
  assert.deepEqual(others, []);
});

test('a target may be a URL of a path', async (t) => {
  const { path } = await serveUnix(t);
  for (const target of [`unix://${path}`, `unix:${path}`]) {
    assert.equal((await probeOnce(module(), target)).success, true, target);
  }
});

test('a target may be an abstract name', { skip: noAbstractSockets ?? false }, async (t) => {
  const { path } = await serveUnix(t, greet, { path: `@clearbox-test-${process.pid}` });
  for (const target of [path, `unix:${path}`]) {
    const { success, failure } = await probeOnce(dialogue({ expect: '^hello' }), target);
    assert.equal(success, true, failure?.message);
  }
  assertFailed(await probeOnce(module(), `${path}-nobody`), 'connect', 'refused');
});

test('a dialogue is held, and its labels are told', async (t) => {
  const { path } = await serveUnix(t, (socket) => (greet(socket), echo(socket)));
  const steps = [
    { expect: '^hello (.*)$', labels: [{ name: 'who', value: '$1' }], send: 'for $1' },
    { expect: '^for one$', send_bytes: 'ab\\x00' },
    { expect_bytes: 'ab\0' },
  ];
  const { success, failure, metrics } = await probeOnce(dialogue(...steps), path);
  assert.equal(success, true, failure?.message);
  assert.equal(metrics.get('probe_expect_info{who="one"}'), 1);
  assert.ok((metrics.get('probe_tcp_duration_seconds{phase="dialogue"}') ?? 0) > 0);
});

test('a dialogue that goes wrong names its step', async (t) => {
  const ending = await serveUnix(t, (socket) => void socket.end('hello\n'));
  const unmatched = await probeOnce(dialogue({ expect: '^hello' }, { expect: '^more' }), ending.path);
  assertFailed(unmatched, 'dialogue', 'closed');
  assert.match(unmatched.failure?.message ?? '', /^Step 2: /);
  assert.equal(unmatched.metrics.get('probe_failure_step'), 2);
  const other = await probeOnce(dialogue({ expect: '^bye' }), ending.path);
  assertFailed(other, 'dialogue', 'regexp');
  assert.equal(other.metrics.get('probe_failed_due_to_regex'), 1);
  const bytes = await probeOnce(dialogue({ expect_bytes: 'bye' }), ending.path);
  assertFailed(bytes, 'dialogue', 'bytes');
  assert.equal(bytes.metrics.get('probe_failed_due_to_bytes'), 1);
});

test('what cannot be connected to is told apart', async () => {
  assertFailed(await probeOnce(module(), freePath()), 'connect', 'not_found');
  const file = temporaryFile('plain-file', '');
  assertFailed(await probeOnce(module(), file), 'connect', 'refused');
  assertFailed(await probeOnce(module(), `${file}/x`), 'connect', 'not_found');
  assertFailed(await probeOnce(module(), dirname(file)), 'connect', 'refused');
});

test(
  'a socket that one may not connect to is told as such',
  { skip: process.getuid?.() === 0 && 'root may connect to any' },
  async (t) => {
    const { path } = await serveUnix(t);
    chmodSync(path, 0);
    assertFailed(await probeOnce(module(), path), 'connect', 'permission');
  },
);

for (const [name, target] of [
  ['a path that is too long', `/${'x'.repeat(107)}`],
  ['a path with a NUL', '/tmp/a\0b'],
  ['no path', 'unix:'],
] as const) {
  test(`a target is refused: ${name}`, async () => {
    assertFailed(await probeOnce(module(), target), 'admission', 'bad_target');
  });
}

test('a server that is silent runs into the deadline', async (t) => {
  const { path } = await serveUnix(t);
  assertFailed(await probeOnce(dialogue({ expect: '.' }), path, { timeout: 1 }), 'dialogue', 'timeout');
  const secure = module({ tls: true, tls_config: trusting });
  assertFailed(await probeOnce(secure, path, { timeout: 1 }), 'tls', 'timeout');
});

test('over TLS the certificate is told', async (t) => {
  const { path } = await serveUnix(t, echo, { identity: valid() });
  const steps = { query_response: [{ send: 'ping' }, { expect: '^ping$' }] };
  const { success, failure, metrics } = await probeOnce(module({ tls: true, tls_config: trusting, ...steps }), path);
  assert.equal(success, true, failure?.message);
  assert.equal(metrics.get('probe_tls_version_info{version="TLS 1.3"}'), 1);
  assert.equal(metrics.get('probe_tls_verified'), 1);
  assert.ok((metrics.get('probe_tcp_duration_seconds{phase="tls"}') ?? 0) > 0);
});

test('a certificate is verified by server_name, or by the hostname parameter', async (t) => {
  const { path } = await serveUnix(t, undefined, { identity: valid() });
  const unnamed = module({ tls: true, tls_config: { ca: root.cert } });
  assertFailed(await probeOnce(unnamed, path), 'tls', 'certificate_wrong_host');
  assert.equal((await probeOnce(unnamed, path, { hostname: 'localhost' })).success, true);
  assertFailed(await probeOnce(unnamed, path, { hostname: 'other.test' }), 'tls', 'certificate_wrong_host');
});

test('an expired certificate still yields its expiry', async (t) => {
  const { path } = await serveUnix(t, undefined, { identity: expired() });
  const outcome = await probeOnce(module({ tls: true, tls_config: trusting }), path);
  assertFailed(outcome, 'tls', 'certificate_expired');
  assert.ok((outcome.metrics.get('probe_ssl_earliest_cert_expiry') ?? Infinity) < Date.now() / 1000);
});

test('STARTTLS goes on with the dialogue', async (t) => {
  const { path } = await serveUnix(t, offerStartTls(valid()));
  const module = { prober: 'unix', unix: { query_response: startTlsSteps, tls_config: trusting } };
  const { success, failure, metrics } = await probeOnce(module, path);
  assert.equal(success, true, failure?.message);
  assert.equal(metrics.get('probe_tls_verified'), 1);
  const untrusted = await serveUnix(t, offerStartTls(selfSigned()));
  assertFailed(await probeOnce(module, untrusted.path), 'tls', 'certificate_untrusted');
});

test('a module that can verify no certificate is warned of', () => {
  const warnings = (unix: object): readonly string[] =>
    loadModules(JSON.stringify({ modules: { m: { prober: 'unix', unix } } }), 'test.yml', probers).warnings;
  assert.match(warnings({ tls: true })[0] ?? '', /unix\.tls: a path is no name/);
  assert.match(warnings({ query_response: [{ starttls: true }] })[0] ?? '', /unix\.query_response: a path is no name/);
  assert.deepEqual(warnings({ tls: true, tls_config: { server_name: 'a.test' } }), []);
  assert.deepEqual(warnings({ tls: true, tls_config: { insecure_skip_verify: true } }), []);
  assert.deepEqual(warnings({}), []);
});

for (const [name, unix, message] of [
  ['an unknown key', { source_ip_address: '127.0.0.1' }, /unix\.source_ip_address: unknown key/],
  ['tls that is a text', { tls: 'maybe' }, /unix\.tls: must be true or false/],
  ['a dialogue that is no list', { query_response: 'x' }, /unix\.query_response: must be a list/],
  ['expect and expect_bytes', { query_response: [{ expect: 'a', expect_bytes: 'a' }] }, /mutually exclusive/],
] as const) {
  test(`a configuration is refused: ${name}`, async () => {
    await assert.rejects(probeOnce(module(unix), '/unused'), message);
  });
}
