import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { libc } from '../../src/kernel/libc.ts';
import { probeOnce } from '../support/probe-once.ts';
import { valid, root } from '../support/identities.ts';
import { serveHttp, serveHttps, serveTcp } from '../support/servers.ts';

const skip = libc() === undefined ? 'the kernel cannot be asked on this machine' : false;

/** How long the process of both server and probe is busy, in seconds, while the probe's input has come already. */
const busy = 0.03;

function beBusy(): void {
  const end = performance.now() + busy * 1000;
  while (performance.now() < end);
}

/** What a probe reported of its time, in seconds. */
function times(metrics: ReadonlyMap<string, number>, phase: string): { total: number; lag: number; phase: number } {
  const value = (series: string): number => {
    const found = metrics.get(series);
    assert.ok(found !== undefined, series);
    return found;
  };
  return { total: value('probe_duration_seconds'), lag: value('probe_exporter_lag_seconds'), phase: value(phase) };
}

const processing = 'probe_http_duration_seconds{phase="processing"}';
const tls_config = { ca: root.cert, server_name: 'localhost' };

test('an answer that waited for a busy exporter is told apart from one that took long: http', { skip }, async (t) => {
  const { origin } = await serveHttp(t, (_request, response) => {
    response.end('ok');
    beBusy();
  });
  const { total, lag, phase } = times((await probeOnce({ prober: 'http' }, origin)).metrics, processing);
  assert.ok(lag >= busy, `a lag of ${lag} s`);
  assert.ok(phase <= total - busy, `a phase of ${phase} s in ${total} s`);
});

test('and https', { skip }, async (t) => {
  const { origin } = await serveHttps(t, valid(), (_request, response) => {
    response.end('ok');
    beBusy();
  });
  const module = { prober: 'http', http: { tls_config } };
  const { total, lag, phase } = times((await probeOnce(module, origin)).metrics, processing);
  assert.ok(lag >= busy, `a lag of ${lag} s`);
  assert.ok(phase <= total - busy, `a phase of ${phase} s in ${total} s`);
});

test('and tcp', { skip }, async (t) => {
  const { address } = await serveTcp(t, (socket) => {
    socket.write('hello\n');
    beBusy();
  });
  const module = { prober: 'tcp', tcp: { query_response: [{ expect: 'hello' }] } };
  const { metrics } = await probeOnce(module, address);
  const { total, lag, phase } = times(metrics, 'probe_tcp_duration_seconds{phase="dialogue"}');
  assert.ok(lag >= busy, `a lag of ${lag} s`);
  assert.ok(phase <= total - busy, `a phase of ${phase} s in ${total} s`);
});

test('and dns over UDP', { skip }, async (t) => {
  const server = createSocket('udp4');
  server.on('message', (query, { port, address }) => {
    const answer = Buffer.from(query);
    answer[2] = 0x80 | (query[2] ?? 0); // QR, RFC 1035, section 4.1.1
    server.send(answer, port, address, beBusy);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const module = { prober: 'dns', dns: { query_name: 'a.example', preferred_ip_protocol: 'ip4' } };
  const { metrics, success } = await probeOnce(module, `127.0.0.1:${server.address().port}`);
  const { total, lag, phase } = times(metrics, 'probe_dns_duration_seconds{phase="request"}');
  assert.ok(success);
  assert.ok(lag >= busy, `a lag of ${lag} s`);
  assert.ok(phase <= total - busy, `a phase of ${phase} s in ${total} s`);
});

test('a connect is what the kernel measured, however late it is heard of', { skip }, async (t) => {
  const { address } = await serveTcp(t, (socket) => socket.resume());
  const probe = probeOnce({ prober: 'tcp' }, address);
  setImmediate(beBusy);
  const { metrics } = await probe;
  const connect = metrics.get('probe_tcp_duration_seconds{phase="connect"}') ?? Number.NaN;
  const rtt = metrics.get('probe_tcp_rtt_seconds') ?? Number.NaN;
  assert.equal(connect, rtt);
});
