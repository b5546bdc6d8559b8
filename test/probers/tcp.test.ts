import assert from 'node:assert/strict';
import { test } from 'node:test';
import { libc } from '../../src/kernel/libc.ts';
import type { Phase, Reason } from '../../src/net/failure.ts';
import { expired, root, valid, wrongHost } from '../support/identities.ts';
import { ownAddress } from '../support/own-address.ts';
import { probeOnce } from '../support/probe-once.ts';
import { closedPort, serveTcp, serveTls } from '../support/servers.ts';

const tls_config = { ca: root.cert };
const phases = ['resolve', 'connect', 'tls', 'dialogue'] as const;

function durations(metrics: ReadonlyMap<string, number>): boolean[] {
  return phases.map((phase) => (metrics.get(`probe_tcp_duration_seconds{phase="${phase}"}`) ?? -1) > 0);
}

test('a connection is all that a module without more asks for', async (t) => {
  const { address } = await serveTcp(t, (socket) => socket.resume());
  const { success, metrics } = await probeOnce({ prober: 'tcp' }, address);
  assert.equal(success, true);
  assert.equal(metrics.get('probe_success'), 1);
  assert.equal(metrics.get('probe_ip_protocol'), 4);
  assert.equal(metrics.get('probe_tcp_connections'), 1);
  assert.deepEqual(durations(metrics).slice(1, 3), [true, false]);
});

test('TLS from the beginning, for the name of the target', async (t) => {
  const { port } = await serveTls(t, valid(), (socket) => socket.write('hello\n'));
  const module = { prober: 'tcp', tcp: { tls: true, tls_config, query_response: [{ expect: '^hello' }] } };
  const { success, metrics, failure } = await probeOnce(module, `localhost:${port}`);
  assert.equal(success, true, failure?.message);
  assert.deepEqual(durations(metrics), [true, true, true, true]);
  assert.equal(metrics.get('probe_tls_version_info{version="TLS 1.3"}'), 1);
});

test('the parameter hostname is the name that the certificate must be for', async (t) => {
  const { address } = await serveTls(t, wrongHost());
  const module = { prober: 'tcp', tcp: { tls: true, tls_config } };
  assert.equal((await probeOnce(module, address, { hostname: 'other.test' })).success, true);
  assert.equal((await probeOnce(module, address)).failure?.reason, 'certificate_wrong_host');
});

test('an expired certificate fails the probe, and still tells when it expired', async (t) => {
  const { address } = await serveTls(t, expired());
  const { failure, metrics } = await probeOnce({ prober: 'tcp', tcp: { tls: true, tls_config } }, address);
  assert.deepEqual([failure?.phase, failure?.reason], ['tls', 'certificate_expired']);
  const expiry = metrics.get('probe_ssl_earliest_cert_expiry') ?? 0;
  assert.ok(expiry > 0 && expiry < Date.now() / 1000);
  assert.equal(metrics.get('probe_tls_verified'), 0);
  assert.equal(metrics.has('probe_ssl_last_chain_expiry_timestamp_seconds'), false);
});

test('a server that wants a certificate of the client says so by an alert', async (t) => {
  const server = { requestCert: true, rejectUnauthorized: true, ca: root.cert };
  const { address } = await serveTls(t, valid(), (socket) => socket.write('hello\n'), server);
  const module = { prober: 'tcp', tcp: { tls: true, tls_config, query_response: [{ expect: '^hello' }] } };
  const { failure } = await probeOnce(module, address);
  assert.deepEqual(
    [failure?.phase, failure?.reason],
    ['tls', 'tls_alert'],
    'under TLS 1.3 it comes behind the handshake',
  );
});

const failures: readonly (readonly [name: string, target: string, phase: Phase, reason: Reason])[] = [
  ['no port', '127.0.0.1', 'admission', 'bad_target'],
  ['no host', ':80', 'resolve', 'bad_target'],
  ['a port too high', '127.0.0.1:70000', 'admission', 'bad_target'],
  ['a name that is none', 'a..b:80', 'resolve', 'nxdomain'],
];

for (const [name, target, phase, reason] of failures) {
  test(`a target with ${name} fails, with every series that the prober always has`, async () => {
    const { success, failure, metrics } = await probeOnce({ prober: 'tcp' }, target);
    assert.equal(success, false);
    assert.deepEqual([failure?.phase, failure?.reason], [phase, reason]);
    assert.equal(metrics.get(`probe_failure_info{phase="${phase}",reason="${reason}"}`), 1);
    for (const phase of phases) assert.ok(metrics.has(`probe_tcp_duration_seconds{phase="${phase}"}`));
    assert.equal(metrics.has('probe_tcp_connections'), false);
  });
}

test('nobody listens: refused, and what the kernel knows of it', async (t) => {
  const port = await closedPort(t);
  const { failure, metrics } = await probeOnce({ prober: 'tcp' }, `127.0.0.1:${port}`);
  assert.deepEqual([failure?.phase, failure?.reason], ['connect', 'refused']);
  assert.equal(metrics.get('probe_tcp_connections'), 1);
  assert.equal(metrics.has('probe_tcp_rtt_seconds'), false, 'there was no round trip to measure');
  assert.equal(metrics.has('probe_failure_step'), false, 'no step of a dialogue failed');
  if (libc() !== undefined) assert.equal(metrics.get('probe_tcp_closed_state{state="closed"}'), 1);
});

test('files of TLS that cannot be used are told before anybody is bothered', async (t) => {
  const listening = await serveTcp(t, () => assert.fail('somebody was bothered'));
  const module = { prober: 'tcp', tcp: { tls: true, tls_config: { ca_file: '/nowhere/ca.pem' } } };
  const { failure, metrics } = await probeOnce(module, listening.address);
  assert.deepEqual([failure?.phase, failure?.reason], ['tls', 'unusable_file']);
  assert.equal(metrics.has('probe_tcp_connections'), false);
  await listening.accepted();
});

test(
  'what the kernel knew of the connection is told',
  { skip: libc() === undefined && 'the kernel cannot be asked' },
  async (t) => {
    const { address } = await serveTcp(t, (socket) => socket.pipe(socket), ownAddress());
    const module = { prober: 'tcp', tcp: { query_response: [{ send: 'hello' }, { expect: '^hello$' }] } };
    const { metrics } = await probeOnce(module, address);
    assert.equal(metrics.get('probe_tcp_sent_bytes'), 6);
    assert.equal(metrics.get('probe_tcp_received_bytes'), 6);
    assert.equal(metrics.get('probe_tcp_closed_state{state="closed"}'), 1);
    assert.equal(metrics.get('probe_tcp_sockets{state="time_wait"}'), 0);
    assert.ok((metrics.get('probe_tcp_rtt_seconds') ?? 0) > 0);
  },
);
