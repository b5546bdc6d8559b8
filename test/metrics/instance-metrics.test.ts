import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { InstanceMetrics, type KernelReadings } from '../../src/metrics/instance-metrics.ts';
import { parseExposition, seriesOf } from '../support/exposition.ts';

const unknown: KernelReadings = {
  socketsByState: () => undefined,
  localPortsInUse: () => undefined,
  localPortLimit: () => undefined,
};

async function valuesOf(registry: Registry): Promise<Map<string, number>> {
  const series = seriesOf(parseExposition(await registry.metrics()));
  return new Map([...series].map(([key, { value }]) => [key, value]));
}

test('what the kernel does not tell is absent, and not 0', async () => {
  let known = false;
  const kernel: KernelReadings = {
    socketsByState: () => (known ? { established: 2, time_wait: 0 } : undefined),
    localPortsInUse: () => (known ? 7 : undefined),
    localPortLimit: () => (known ? 28_232 : undefined),
  };
  const registry = new Registry();
  new InstanceMetrics(registry, { kernel, workers: () => 1 });
  const names = /^clearbox_(tcp_sockets|local_ports)/;
  const told = async (): Promise<(readonly [string, number])[]> =>
    [...(await valuesOf(registry))].filter(([key]) => names.test(key)).sort(([a], [b]) => (a < b ? -1 : 1));
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

test('the time of the last good configuration stays when a bad one comes', async () => {
  const registry = new Registry();
  const metrics = new InstanceMetrics(registry, { kernel: unknown, workers: () => 1 });
  metrics.configurationLoaded(true);
  const good = await valuesOf(registry);
  metrics.configurationLoaded(false);
  const bad = await valuesOf(registry);
  const loaded = 'blackbox_exporter_config_last_reload_successful';
  const time = 'blackbox_exporter_config_last_reload_success_timestamp_seconds';
  assert.deepEqual([good.get(loaded), bad.get(loaded)], [1, 0]);
  assert.ok((good.get(time) ?? 0) > 1e9);
  assert.equal(bad.get(time), good.get(time));
});

test('workers that are ready are shown, and those that were replaced counted', async () => {
  const registry = new Registry();
  const metrics = new InstanceMetrics(registry, { kernel: unknown, workers: () => 3 });
  metrics.workerReplaced();
  metrics.workerReplaced();
  metrics.workerHung();
  const values = await valuesOf(registry);
  assert.equal(values.get('clearbox_workers'), 3);
  assert.equal(values.get('clearbox_worker_restarts_total'), 2);
  assert.equal(values.get('clearbox_worker_hangs_total'), 1);
});
