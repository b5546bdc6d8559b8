import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { expired, root, valid, wrongHost } from '../../support/identities.ts';
import { probeOnce, type ProbeOutcome } from '../../support/probe-once.ts';
import { closedPort, serveTcp } from '../../support/servers.ts';
import { a, answerTo, hex, names, owner, record, u32 } from './messages.ts';
import { closedUdpPort, framed, type Responder, serveOverTls, serveStream, serveUdp } from './servers.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

const module = (dns: object = {}): object => ({ prober: 'dns', dns: { query_name: owner, query_type: 'A', ...dns } });
const tcp = { transport_protocol: 'tcp' };
const tls = { ...tcp, dns_over_tls: true, tls_config: { ca: root.cert } };
const ok: Responder = (query) => [answerTo(query, { answer: [a('192.0.2.1')] })];
const silent: Responder = () => [];

function assertFailed({ success, failure, metrics }: ProbeOutcome, phase: string, reason: string): void {
  assert.deepEqual({ success, phase: failure?.phase, reason: failure?.reason }, { success: false, phase, reason });
  assert.equal(metrics.get(`probe_failure_info{phase="${phase}",reason="${reason}"}`), 1);
}

const counts = (metrics: ProbeOutcome['metrics']): (number | undefined)[] =>
  ['answer', 'authority', 'additional'].map((section) => metrics.get(`probe_dns_${section}_rrs`));
const duration = (metrics: ProbeOutcome['metrics'], phase: string): number =>
  metrics.get(`probe_dns_duration_seconds{phase="${phase}"}`) ?? NaN;

test('an answer by UDP is told in numbers', async (t) => {
  const server = await serveUdp(t, (query) => [
    answerTo(query, {
      answer: [a('192.0.2.1'), a('192.0.2.2')],
      authority: [record('NS', names('ns.test'))],
      additional: [],
    }),
  ]);
  const { success, metrics } = await probeOnce(module(), server.address);
  assert.equal(success, true);
  assert.deepEqual(counts(metrics), [2, 1, 0]);
  assert.equal(metrics.get('probe_dns_query_succeeded'), 1);
  assert.equal(metrics.get('probe_ip_protocol'), 4);
  assert.equal(metrics.has('probe_dns_serial'), false);
  for (const phase of ['resolve', 'connect', 'request']) assert.ok(duration(metrics, phase) > 0, phase);
});

test('every query has an id of its own', async (t) => {
  const server = await serveUdp(t, ok);
  for (let i = 0; i < 20; i++) await probeOnce(module(), server.address);
  const ids = new Set(server.takeQueries().map((query) => query.readUInt16BE(0)));
  assert.ok(ids.size > 15, `${ids.size} ids`);
});

test('an answer by TCP comes with the facts of the connection, which is reset', async (t) => {
  const server = await serveStream(t, ok);
  const { success, metrics } = await probeOnce(module(tcp), server.address);
  assert.equal(success, true);
  assert.deepEqual(counts(metrics), [1, 0, 0]);
  assert.equal(metrics.get('probe_tcp_connections'), 1);
  assert.equal(metrics.get('probe_tcp_closed_state{state="time_wait"}'), undefined);
});

test('an answer by TLS comes with the facts of the handshake', async (t) => {
  const server = await serveOverTls(t, valid(), ok);
  const { success, metrics } = await probeOnce(module(tls), server.address);
  assert.equal(success, true);
  assert.equal(metrics.get('probe_tls_verified'), 1);
  assert.equal(metrics.get('probe_tls_version_info{version="TLS 1.3"}'), 1);
});

test('a certificate that has expired fails the probe and is told', async (t) => {
  const server = await serveOverTls(t, expired(), ok);
  const outcome = await probeOnce(module(tls), server.address);
  assertFailed(outcome, 'tls', 'certificate_expired');
  assert.ok((outcome.metrics.get('probe_ssl_earliest_cert_expiry') ?? Infinity) < Date.now() / 1000);
  assert.equal(duration(outcome.metrics, 'request'), 0);
});

test('the hostname parameter names the server that TLS is for', async (t) => {
  const server = await serveOverTls(t, wrongHost(), ok);
  assertFailed(await probeOnce(module(tls), server.address), 'tls', 'certificate_wrong_host');
  assert.equal((await probeOnce(module(tls), server.address, { hostname: 'other.test' })).success, true);
});

test('an answer may come in pieces, and with another one behind it', async (t) => {
  const server = await serveTcp(t, (socket) => {
    socket.once('data', (received: Buffer) => {
      const answer = framed(answerTo(received.subarray(2), { answer: [a('192.0.2.1')] }));
      socket.write(answer.subarray(0, 1), () =>
        socket.write(answer.subarray(1, 9), () => socket.write(Buffer.concat([answer.subarray(9), answer]))),
      );
    });
  });
  assert.equal((await probeOnce(module(tcp), server.address)).success, true);
});

test('datagrams that do not fit the query are ignored', async (t) => {
  const server = await serveUdp(t, (query) => {
    const [answer = Buffer.alloc(0)] = ok(query);
    const otherId = Buffer.from(answer);
    otherId.writeUInt16BE(answer.readUInt16BE(0) ^ 1);
    const otherQuestion = Buffer.from(answer);
    otherQuestion.write('f', 13);
    return [Buffer.alloc(0), hex('00'), otherId, query, otherQuestion, answer];
  });
  const { success, log } = await probeOnce(module(), server.address);
  assert.equal(success, true);
  const ignored = log
    .filter(({ message }) => message === 'Ignored a datagram')
    .map(({ attributes }) => attributes?.['why']);
  assert.equal(ignored.length, 5);
  assert.deepEqual(ignored.slice(3), ['it is no response', 'it answers another question']);
});

test('when nothing fits, the probe ends at its deadline', async (t) => {
  const server = await serveUdp(t, (query) => [query]);
  assertFailed(await probeOnce(module(), server.address, { timeout: 0.2 }), 'response', 'timeout');
});

test('a client that has gone ends the probe', async (t) => {
  const gone = new AbortController();
  const server = await serveUdp(t, () => {
    gone.abort();
    return [];
  });
  assertFailed(await probeOnce(module(), server.address, { signal: gone.signal }), 'response', 'cancelled');
});

const failures: readonly (readonly [what: string, dns: object, respond: Responder, phase: string, reason: string])[] = [
  ['silence by UDP', {}, silent, 'response', 'timeout'],
  ['silence by TCP', tcp, silent, 'response', 'timeout'],
  [
    'an answer that is malformed, by UDP',
    {},
    (query) => [answerTo(query, { answer: [hex('c0')] })],
    'response',
    'bad_response',
  ],
  [
    'an answer that is malformed, by TCP',
    tcp,
    (query) => [answerTo(query, { answer: [hex('c0')] })],
    'response',
    'bad_response',
  ],
  ['an answer to another query, by TCP', tcp, (query) => [query], 'response', 'bad_response'],
  ['an empty message, by TCP', tcp, () => [Buffer.alloc(0)], 'response', 'bad_response'],
  [
    'more than 512 bytes by UDP',
    {},
    (query) => [answerTo(query, { answer: [record('NULL', Buffer.alloc(500))] })],
    'response',
    'too_large',
  ],
  ['a response code', {}, (query) => [answerTo(query, { rcode: 3 })], 'check', 'rcode'],
  ['a record that matches', { validate_answer_rrs: { fail_if_matches_regexp: ['192[.]0'] } }, ok, 'check', 'record'],
  ['no record', { validate_additional_rrs: { fail_if_none_matches_regexp: ['x'] } }, ok, 'check', 'record'],
];

for (const [what, dns, respond, phase, reason] of failures) {
  test(`${what} fails the probe in phase ${phase} with reason ${reason}`, async (t) => {
    const server = await ('transport_protocol' in dns ? serveStream : serveUdp)(t, respond);
    const outcome = await probeOnce(module(dns), server.address, { timeout: reason === 'timeout' ? 0.2 : 10 });
    assertFailed(outcome, phase, reason);
    assert.equal(outcome.metrics.get('probe_dns_query_succeeded'), phase === 'check' ? 1 : 0);
  });
}

test('a connection that ends too early fails the probe', async (t) => {
  const server = await serveTcp(t, (socket) => void socket.once('data', () => socket.end(hex('0040 0102'))));
  assertFailed(await probeOnce(module(tcp), server.address), 'response', 'closed');
});

test('where nobody listens the probe fails at once', async (t) => {
  assertFailed(await probeOnce(module(), `127.0.0.1:${await closedUdpPort()}`), 'response', 'refused');
  assertFailed(await probeOnce(module(tcp), `127.0.0.1:${await closedPort(t)}`), 'connect', 'refused');
});

const targets: readonly (readonly [string, string, string])[] = [
  ['127.0.0.1:port', 'admission', 'bad_target'],
  ['127.0.0.1:65536', 'admission', 'bad_target'],
  ['127.0.0.1:0', 'admission', 'bad_target'],
  ['a:b:53', 'admission', 'bad_target'],
  [':53', 'resolve', 'bad_target'],
  ['no-such-name.invalid', 'resolve', 'nxdomain'],
];

for (const [target, phase, reason] of targets) {
  test(`the target ${target} fails in phase ${phase}`, async () => {
    assertFailed(await probeOnce(module(), target), phase, reason);
  });
}

test('a query goes out from source_ip_address, by UDP and by TCP', async (t) => {
  const [udpServer, tcpServer] = await Promise.all([serveUdp(t, ok), serveStream(t, ok)]);
  const source_ip_address = '127.0.0.9';
  assert.equal((await probeOnce(module({ source_ip_address }), udpServer.address)).success, true);
  assert.equal(udpServer.lastClient(), source_ip_address);
  assert.equal((await probeOnce(module({ ...tcp, source_ip_address }), tcpServer.address)).success, true);
  assert.equal(tcpServer.lastClient(), source_ip_address);
});

test('source_ip_address may also stand in the section of the connection', async (t) => {
  const server = await serveUdp(t, ok);
  await probeOnce({ ...module(), connection: { source_ip_address: '127.0.0.9' } }, server.address);
  assert.equal(server.lastClient(), '127.0.0.9');
});

for (const dns of [{}, tcp]) {
  test(`an address of another machine is no source_ip_address (${JSON.stringify(dns)})`, async (t) => {
    const server = await ('transport_protocol' in dns ? serveStream : serveUdp)(t, ok);
    const outcome = await probeOnce(module({ ...dns, source_ip_address: '192.0.2.77' }), server.address);
    assertFailed(outcome, 'connect', 'local_address');
  });
}

test('the serial of a zone is told also when the response code is not valid', async (t) => {
  const soa = record('SOA', Buffer.concat([names('a', 'b'), u32(2 ** 32 - 1, 1, 2, 3, 4)]));
  const server = await serveUdp(t, (query) => [answerTo(query, { rcode: 2, answer: [soa] })]);
  const outcome = await probeOnce(module({ query_type: 'SOA' }), server.address);
  assertFailed(outcome, 'check', 'rcode');
  assert.equal(outcome.metrics.get('probe_dns_serial'), 2 ** 32 - 1);
});

test('IPv6 is asked like IPv4', { skip: hasIpv6 ? false : 'this machine has no IPv6 loopback' }, async (t) => {
  const [udpServer, tcpServer] = await Promise.all([serveUdp(t, ok, '::1'), serveStream(t, ok, '::1')]);
  const { success, metrics } = await probeOnce(module(), udpServer.address);
  assert.equal(success, true);
  assert.equal(metrics.get('probe_ip_protocol'), 6);
  assert.equal((await probeOnce(module(tcp), tcpServer.address)).success, true);
});

test('the log shows every record that is checked', async (t) => {
  const server = await serveUdp(t, ok);
  const { log } = await probeOnce(module(), server.address);
  const shown = log.filter(({ message }) => message === 'Validating record').map(({ attributes }) => attributes);
  assert.deepEqual(shown, [{ section: 'answer', rr: 'example.test.\t300\tIN\tA\t192.0.2.1' }]);
});
