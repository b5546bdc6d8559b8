import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { probeOnce } from '../support/probe-once.ts';
import { type Lifetime, serveHttp, serveTcp } from '../support/servers.ts';

const retries = { attempts: 3 };

/** A server whose first connections are each handled by one of the scripts; all after them greet. */
async function serveInTurn(
  lifetime: Lifetime,
  ...scripts: readonly ((socket: Socket) => unknown)[]
): Promise<{ readonly address: string; readonly connections: () => number }> {
  let connections = 0;
  const { address } = await serveTcp(lifetime, (socket) => {
    const script = scripts[connections] ?? ((greeting: Socket) => greeting.write('hello\n'));
    connections += 1;
    script(socket);
  });
  return { address, connections: () => connections };
}

const ends = (socket: Socket): unknown => socket.end();
const greeted = (options: object): object => ({
  prober: 'tcp',
  tcp: { query_response: [{ expect: '^hello' }] },
  retries: { ...retries, ...options },
});

test('a probe that fails is tried again over a fresh connection, and what became of the first stays visible', async (t) => {
  const { address, connections } = await serveInTurn(t, (socket) => socket.end('goodbye\n'), ends);
  const { success, failure, metrics, text, log } = await probeOnce(greeted({}), address);
  assert.equal(success, true, failure?.message);
  assert.equal(connections(), 3);
  assert.equal(metrics.get('probe_success'), 1);
  assert.equal(metrics.get('probe_attempts'), 3);
  assert.equal(metrics.get('probe_first_attempt_success'), 0);
  assert.equal(metrics.get('probe_first_attempt_failure_info{phase="dialogue",reason="regexp"}'), 1);
  assert.equal(metrics.get('probe_tcp_connections'), 1, 'the series are those of the last attempt');
  assert.equal(metrics.get('probe_failed_due_to_regex'), 0);
  assert.doesNotMatch(text, /^probe_failure/m);
  const [first = 0, all = 0] = ['first_attempt_duration', 'duration'].map((name) =>
    metrics.get(`probe_${name}_seconds`),
  );
  assert.ok(first > 0 && first < all);
  const failed = log.filter(({ message }) => message === 'Attempt failed').map(({ attributes }) => attributes);
  assert.deepEqual(
    failed.map((attributes) => [attributes?.['attempt'], attributes?.['reason']]),
    [
      [1, 'regexp'],
      [2, 'closed'],
    ],
  );
  assert.equal(log.filter(({ message }) => message === 'Beginning probe').length, 3);
  assert.deepEqual([log.at(-1)?.message, log.at(-1)?.attributes?.['attempts']], ['Probe succeeded', 3]);
});

test('the last attempt is what is told when all fail', async (t) => {
  const { address, connections } = await serveInTurn(t, ends, ends, (socket) => socket.end('goodbye\n'));
  const { failure, metrics, log } = await probeOnce(greeted({}), address);
  assert.equal(connections(), 3);
  assert.equal(failure?.reason, 'regexp');
  assert.equal(metrics.get('probe_failure_info{phase="dialogue",reason="regexp"}'), 1);
  assert.equal(metrics.get('probe_first_attempt_failure_info{phase="dialogue",reason="closed"}'), 1);
  assert.equal(log.filter(({ message }) => message === 'Probe failed').length, 1);
});

test('a probe that succeeds at once has one attempt, and the same series otherwise', async (t) => {
  const { address } = await serveInTurn(t);
  const { metrics, log } = await probeOnce(greeted({}), address);
  assert.equal(metrics.get('probe_attempts'), 1);
  assert.equal(metrics.get('probe_first_attempt_success'), 1);
  assert.ok(![...metrics.keys()].some((key) => key.startsWith('probe_first_attempt_failure_info')));
  assert.equal(
    log.some(({ message }) => message === 'Attempt failed'),
    false,
  );
});

test('without retries there is one attempt, and no series of attempts', async (t) => {
  const { address, connections } = await serveInTurn(t, ends);
  const { text, success } = await probeOnce({ prober: 'tcp', tcp: { query_response: [{ expect: 'a' }] } }, address);
  assert.equal(success, false);
  assert.equal(connections(), 1);
  assert.doesNotMatch(text, /attempt/);
});

test('only the reasons that the module names are tried again', async (t) => {
  const { address, connections } = await serveInTurn(t, ends, (socket) => socket.end('goodbye\n'));
  const { failure, metrics } = await probeOnce(greeted({ on: ['closed', 'refused'] }), address);
  assert.equal(failure?.reason, 'regexp');
  assert.equal(connections(), 2);
  assert.equal(metrics.get('probe_attempts'), 2);
});

test('what another attempt cannot change is not tried again', async () => {
  const { failure, metrics } = await probeOnce(greeted({}), 'no port');
  assert.equal(failure?.reason, 'bad_target');
  assert.equal(metrics.get('probe_attempts'), 1);
});

test('attempt_timeout leaves time for another attempt', async (t) => {
  const { address } = await serveInTurn(t, (socket) => socket.resume());
  const { success, metrics } = await probeOnce(greeted({ attempt_timeout: '100ms' }), address, { timeout: 60 });
  assert.equal(success, true);
  assert.equal(metrics.get('probe_attempts'), 2);
  assert.equal(metrics.get('probe_first_attempt_failure_info{phase="dialogue",reason="timeout"}'), 1);
  assert.equal(metrics.get('probe_timeout_seconds'), 60);
});

test('without it an attempt that gets no answer is the last, and the deadline holds', async (t) => {
  const { address, connections } = await serveInTurn(t, (socket) => socket.resume());
  const { failure, metrics } = await probeOnce(greeted({}), address, { timeout: 0.2 });
  assert.equal(failure?.reason, 'timeout');
  assert.equal(connections(), 1);
  assert.equal(metrics.get('probe_attempts'), 1);
});

test('there is no other attempt when it would begin after the deadline', async (t) => {
  const { address } = await serveInTurn(t, ends);
  const { failure, metrics } = await probeOnce(greeted({ delay: '20s' }), address, { timeout: 10 });
  assert.equal(failure?.reason, 'closed');
  assert.equal(metrics.get('probe_attempts'), 1);
});

test('a client that goes away between two attempts ends the probe', async (t) => {
  const controller = new AbortController();
  const { address } = await serveInTurn(t, (socket) => socket.end());
  const running = probeOnce(greeted({ delay: '1h' }), address, {
    timeout: 7200,
    signal: controller.signal,
    onLog: ({ message }) => {
      if (message === 'Attempt failed') setImmediate(() => controller.abort());
    },
  });
  const { failure, metrics } = await running;
  assert.equal(failure?.reason, 'closed');
  assert.equal(metrics.get('probe_attempts'), 1);
});

test('a client that goes away during an attempt ends the probe', async (t) => {
  const controller = new AbortController();
  const { address, connections } = await serveInTurn(t, ends, () => controller.abort());
  const { failure, metrics } = await probeOnce(greeted({}), address, { signal: controller.signal });
  assert.equal(failure?.reason, 'cancelled');
  assert.equal(connections(), 2);
  assert.equal(metrics.get('probe_attempts'), 2);
});

test('an http probe is judged by its last answer', async (t) => {
  let answers = 0;
  const { origin } = await serveHttp(t, (_, response) => {
    answers += 1;
    response.writeHead(answers === 1 ? 503 : 200).end();
  });
  const { success, metrics } = await probeOnce({ prober: 'http', retries: { attempts: 2, delay: '1ms' } }, origin);
  assert.equal(success, true);
  assert.equal(metrics.get('probe_http_status_code'), 200);
  assert.equal(metrics.get('probe_first_attempt_failure_info{phase="check",reason="status"}'), 1);
});
