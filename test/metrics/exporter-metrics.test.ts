import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExporterMetrics, type KernelReadings } from '../../src/metrics/exporter-metrics.ts';
import { parseExposition, seriesOf } from '../support/exposition.ts';

const unknown: KernelReadings = {
  socketsByState: () => undefined,
  localPortsInUse: () => undefined,
  localPortLimit: () => undefined,
};

/** The exporter's own values, without those of the process. */
async function valuesOf({ registry }: ExporterMetrics): Promise<Map<string, number>> {
  const own = (await registry.metrics()).replaceAll(/^nodejs_.*\n/gm, '');
  const series = seriesOf(parseExposition(own));
  return new Map([...series].map(([key, { value }]) => [key, value]));
}

test('probes are counted by module and outcome, failures by phase and reason', async () => {
  const metrics = new ExporterMetrics({ kernel: unknown, probes: { running: 3, maxInFlight: 10 } });
  metrics.probeEnded({ module: 'a', duration: 0.02, failure: undefined });
  metrics.probeEnded({ module: 'a', duration: 0.2, failure: { phase: 'tls', reason: 'timeout' } });
  metrics.probeEnded({ module: 'a', duration: 2, failure: { phase: 'tls', reason: 'timeout' } });
  const values = await valuesOf(metrics);
  assert.equal(values.get('clearbox_probes_total{module="a",outcome="success"}'), 1);
  assert.equal(values.get('clearbox_probes_total{module="a",outcome="failure"}'), 2);
  assert.equal(values.get('clearbox_probe_failures_total{module="a",phase="tls",reason="timeout"}'), 2);
  assert.equal(values.get('clearbox_probe_duration_seconds_count{module="a"}'), 3);
  assert.equal(values.get('clearbox_probe_duration_seconds_bucket{le="0.025",module="a"}'), 1);
  assert.equal(values.get('clearbox_probes_in_flight'), 3);
});

test('what the kernel does not tell is absent, and not 0', async () => {
  let known = false;
  const kernel: KernelReadings = {
    socketsByState: () => (known ? { established: 2, time_wait: 0 } : undefined),
    localPortsInUse: () => (known ? 7 : undefined),
    localPortLimit: () => (known ? 28_232 : undefined),
  };
  const metrics = new ExporterMetrics({ kernel, probes: { running: 0, maxInFlight: 10 } });
  const names = /^clearbox_(tcp_sockets|local_ports)/;
  const told = async (): Promise<(readonly [string, number])[]> =>
    [...(await valuesOf(metrics))].filter(([key]) => names.test(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  assert.deepEqual(await told(), []);
  known = true;
  assert.deepEqual(await told(), [
    ['clearbox_local_ports_in_use', 7],
    ['clearbox_local_ports_limit', 28_232],
    ['clearbox_tcp_sockets{state="established"}', 2],
    ['clearbox_tcp_sockets{state="time_wait"}', 0],
  ]);
  known = false;
  assert.deepEqual(await told(), []);
});

test('requests that were refused are counted, unknown modules under the name of the peer too', async () => {
  const metrics = new ExporterMetrics({ kernel: unknown, probes: { running: 0, maxInFlight: 10 } });
  metrics.probeRejected('unknown_module');
  metrics.probeRejected('too_many_probes');
  const values = await valuesOf(metrics);
  assert.equal(values.get('blackbox_module_unknown_total'), 1);
  assert.equal(values.get('clearbox_probes_rejected_total{reason="unknown_module"}'), 1);
  assert.equal(values.get('clearbox_probes_rejected_total{reason="too_many_probes"}'), 1);
});

test('the time of the last good configuration stays when a bad one comes', async () => {
  const metrics = new ExporterMetrics({ kernel: unknown, probes: { running: 0, maxInFlight: 10 } });
  metrics.configurationLoaded(true);
  const good = await valuesOf(metrics);
  metrics.configurationLoaded(false);
  const bad = await valuesOf(metrics);
  const loaded = 'blackbox_exporter_config_last_reload_successful';
  const time = 'blackbox_exporter_config_last_reload_success_timestamp_seconds';
  assert.deepEqual([good.get(loaded), bad.get(loaded)], [1, 0]);
  assert.ok((good.get(time) ?? 0) > 1e9);
  assert.equal(bad.get(time), good.get(time));
});

test('errors of the exporter itself are counted by where they were caught', async () => {
  const metrics = new ExporterMetrics({ kernel: unknown, probes: { running: 0, maxInFlight: 10 } });
  metrics.internalError('probe');
  assert.equal((await valuesOf(metrics)).get('clearbox_internal_errors_total{where="probe"}'), 1);
});
