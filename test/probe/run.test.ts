import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test, type TestContext } from 'node:test';
import { probeSuccess } from '../../src/metrics/families/probe.ts';
import { abortFailure, onAbort } from '../../src/net/abort.ts';
import { ProbeFailure } from '../../src/net/failure.ts';
import { defaultConnectionSettings } from '../../src/net/settings.ts';
import type { Module, Probe, ProbeContext } from '../../src/probe/context.ts';
import { type ProbeRequest, type ProbeResult, runProbe } from '../../src/probe/run.ts';
import { loopback } from '../support/connections.ts';
import { parseExposition, seriesOf } from '../support/exposition.ts';
import { serveTcp } from '../support/servers.ts';

function run(probe: Probe, request: Partial<ProbeRequest> = {}): Promise<ProbeResult> {
  const module: Module = {
    name: 'tested',
    prober: 'test',
    timeout: undefined,
    connection: defaultConnectionSettings,
    probe,
    yaml: '',
  };
  return runProbe({ module, target: 'a.test', hostname: undefined, timeout: 10, ...request });
}

function valuesOf({ metrics }: ProbeResult): Record<string, number> {
  const series = seriesOf(parseExposition(metrics.render()));
  return Object.fromEntries([...series].map(([key, { value }]) => [key, value]));
}

/** Waits until the probe is called off. */
const patient: Probe = ({ signal }) =>
  new Promise((_settle, reject) => void onAbort(signal, () => reject(abortFailure(signal, 'response'))));

/** The probe that hands its context out, as what a prober gets. */
async function contextOf(request: Partial<ProbeRequest> = {}): Promise<ProbeContext> {
  let given: ProbeContext | undefined;
  await run(async (context) => void (given = context), request);
  assert.ok(given !== undefined);
  return given;
}

test('a probe that resolves has succeeded', async () => {
  const result = await run(async () => {});
  assert.equal(result.success, true);
  assert.equal(result.failure, undefined);
  const { probe_duration_seconds: duration = -1, probe_exporter_lag_seconds: lag = -1, ...values } = valuesOf(result);
  assert.ok(lag >= 0);
  assert.ok(duration >= 0 && Math.abs(duration - result.duration) < 1e-6);
  assert.deepEqual(values, { probe_success: 1, probe_timeout_seconds: 10 });
});

test('a probe that throws a failure has failed for its reason', async () => {
  const failure = new ProbeFailure('check', 'regexp', 'no match');
  const result = await run(async () => {
    throw failure;
  });
  assert.equal(result.success, false);
  assert.equal(result.failure, failure);
  assert.equal(valuesOf(result)['probe_success'], 0);
  assert.equal(valuesOf(result)['probe_failure_info{phase="check",reason="regexp"}'], 1);
  assert.deepEqual(
    result.log.records.map(({ level, message }) => [level, message]),
    [
      ['debug', 'Beginning probe'],
      ['info', 'Probe failed'],
    ],
  );
});

const bugs: readonly (readonly [name: string, probe: Probe, told: RegExp])[] = [
  ['an error', async () => assert.fail('a bug'), /a bug[^]*run\.test/],
  ['an error at once', () => assert.fail('a bug'), /a bug[^]*run\.test/],
  // oxlint-disable-next-line typescript/only-throw-error, typescript/prefer-promise-reject-errors
  ['what is no error', () => Promise.reject('a text'), /^a text$/],
  ['a mistake of types', (context) => (context as never as () => Promise<void>)(), /TypeError/],
];

for (const [name, probe, told] of bugs) {
  test(`a prober that throws ${name} ends this probe alone`, async () => {
    const result = await run(probe);
    assert.equal(result.success, false);
    assert.deepEqual([result.failure?.phase, result.failure?.reason], ['check', 'other']);
    const record = result.log.records.find(({ level }) => level === 'error');
    assert.equal(record?.message, 'The prober itself failed');
    assert.match(String(record?.attributes?.['err']), told);
    assert.doesNotMatch(result.metrics.render(), /a bug|a text/);
  });
}

test('the deadline calls the work off', async () => {
  const result = await run(patient, { timeout: 0.02 });
  assert.deepEqual([result.failure?.phase, result.failure?.reason], ['response', 'timeout']);
  assert.equal(valuesOf(result)['probe_timeout_seconds'], 0.02);
});

test('a client that goes away calls the work off', async () => {
  const controller = new AbortController();
  const running = run(patient, { signal: controller.signal });
  controller.abort();
  const { failure } = await running;
  assert.deepEqual([failure?.phase, failure?.reason], ['response', 'cancelled']);
});

test('a client that has gone before calls the work off too', async () => {
  const { failure } = await run(patient, { signal: AbortSignal.abort() });
  assert.equal(failure?.reason, 'cancelled');
});

test('a prober gets what was asked for, and when it has to be done', async () => {
  const before = performance.now();
  const { target, hostname, parameters, deadline, signal } = await contextOf({
    hostname: 'b.test',
    parameters: new Map([['sni', 'x']]),
    timeout: 5,
  });
  assert.deepEqual(
    { target, hostname, parameters },
    { target: 'a.test', hostname: 'b.test', parameters: new Map([['sni', 'x']]) },
  );
  assert.ok(deadline >= before + 5000 && deadline <= performance.now() + 5000);
  assert.equal(signal.aborted, false, 'a probe that has ended is not called off any more');
});

test('neither timers nor listeners are left, however a probe ends', async () => {
  const controller = new AbortController();
  const timers = activeTimers();
  const failing: Probe = () => Promise.reject(new ProbeFailure('check', 'status', 'no'));
  for (const probe of [async () => {}, failing, () => Promise.reject(new Error('a bug'))]) {
    await run(probe, { timeout: 3600, signal: controller.signal });
    assert.equal(activeTimers(), timers);
    assert.ok(getEventListeners(controller.signal, 'abort').length <= 1, 'and not one a probe');
  }
});

test('connections that a prober has left open are closed, and counted', async (t: TestContext) => {
  const ends: Promise<unknown>[] = [];
  const listening = await serveTcp(t, (socket) => {
    ends.push(new Promise((settle) => socket.resume().once('close', settle)));
  });
  const result = await run(async ({ connector }) => {
    await connector.open(loopback, listening.port);
    await connector.open(loopback, listening.port);
  });
  assert.equal(valuesOf(result)['probe_tcp_connections'], 2);
  await listening.accepted();
  await Promise.all(ends);
  assert.equal(ends.length, 2);
});

test('a probe that opened no connection says nothing of TCP', async () => {
  assert.doesNotMatch((await run(async () => {})).metrics.render(), /probe_tcp/);
});

test('the verdict is that of the run, whatever a prober says', async () => {
  const result = await run(async ({ metrics }) => {
    metrics.set(probeSuccess, 1);
    throw new ProbeFailure('check', 'status', 'no');
  });
  assert.equal(valuesOf(result)['probe_success'], 0);
});

test('who listens hears of every log record at once', async () => {
  const heard: string[] = [];
  const result = await run(
    async ({ log }) => {
      log.info('from the prober');
      assert.deepEqual(heard, ['Beginning probe', 'from the prober']);
    },
    { onLog: ({ message }) => heard.push(message) },
  );
  assert.equal(result.success, true);
  assert.deepEqual(heard, ['Beginning probe', 'from the prober', 'Probe succeeded']);
});

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
