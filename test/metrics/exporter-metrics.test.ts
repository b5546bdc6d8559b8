import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExporterMetrics } from '../../src/metrics/exporter-metrics.ts';
import { parseExposition, seriesOf } from '../support/exposition.ts';

/** The exporter's own values, without those of the process. */
async function valuesOf({ registry }: ExporterMetrics): Promise<Map<string, number>> {
  const own = (await registry.metrics()).replaceAll(/^nodejs_.*\n/gm, '');
  const series = seriesOf(parseExposition(own));
  return new Map([...series].map(([key, { value }]) => [key, value]));
}

test('probes are counted by module and outcome, failures by phase and reason', async () => {
  const metrics = new ExporterMetrics({ running: 3, maxInFlight: 10 });
  metrics.probeEnded({ module: 'a', duration: 0.02, wait: 0.002, failure: undefined });
  metrics.probeEnded({ module: 'a', duration: 0.2, wait: 0.002, failure: { phase: 'tls', reason: 'timeout' } });
  metrics.probeEnded({ module: 'a', duration: 2, wait: 0.002, failure: { phase: 'tls', reason: 'timeout' } });
  const values = await valuesOf(metrics);
  assert.equal(values.get('clearbox_probes_total{module="a",outcome="success"}'), 1);
  assert.equal(values.get('clearbox_probes_total{module="a",outcome="failure"}'), 2);
  assert.equal(values.get('clearbox_probe_failures_total{module="a",phase="tls",reason="timeout"}'), 2);
  assert.equal(values.get('clearbox_probe_duration_seconds_count{module="a"}'), 3);
  assert.equal(values.get('clearbox_probe_duration_seconds_bucket{le="0.025",module="a"}'), 1);
  assert.equal(values.get('clearbox_probes_in_flight'), 3);
});

test('attempts beyond the first are counted for modules with retries', async () => {
  const metrics = new ExporterMetrics();
  metrics.probeEnded({ module: 'once', duration: 0.02, wait: 0, failure: undefined });
  for (const attempts of [1, 3, 2])
    metrics.probeEnded({ module: 'a', duration: 0.02, wait: 0, failure: undefined, attempts });
  metrics.probeEnded({ module: 'b', duration: 0.02, wait: 0, failure: undefined, attempts: 1 });
  const values = await valuesOf(metrics);
  assert.equal(values.get('clearbox_probe_retries_total{module="a"}'), 3);
  assert.equal(values.get('clearbox_probe_retries_total{module="b"}'), 0);
  assert.equal(values.has('clearbox_probe_retries_total{module="once"}'), false);
});

test('requests that were refused are counted, unknown modules under the name of the peer too', async () => {
  const metrics = new ExporterMetrics();
  metrics.probeRejected('unknown_module');
  metrics.probeRejected('too_many_probes');
  const values = await valuesOf(metrics);
  assert.equal(values.get('blackbox_module_unknown_total'), 1);
  assert.equal(values.get('clearbox_probes_rejected_total{reason="unknown_module"}'), 1);
  assert.equal(values.get('clearbox_probes_rejected_total{reason="too_many_probes"}'), 1);
});

test('errors of the exporter itself are counted by where they were caught', async () => {
  const metrics = new ExporterMetrics();
  metrics.internalError('probe');
  assert.equal((await valuesOf(metrics)).get('clearbox_internal_errors_total{where="probe"}'), 1);
});

test('what the caches of resolvers count is told as it is now', async () => {
  const resolverCache = { hits: 1, misses: 2 };
  const metrics = new ExporterMetrics({ running: 0, maxInFlight: 10 }, resolverCache);
  for (const count of [1, 5]) {
    resolverCache.hits = count;
    const values = await valuesOf(metrics);
    assert.equal(values.get('clearbox_resolver_cache_hits_total'), count);
    assert.equal(values.get('clearbox_resolver_cache_misses_total'), 2);
  }
});
