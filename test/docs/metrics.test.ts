import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExporterMetrics } from '../../src/metrics/exporter-metrics.ts';
import { declaredGauges } from '../../src/metrics/gauge.ts';
import { InstanceMetrics } from '../../src/metrics/instance-metrics.ts';
import { phases, reasons } from '../../src/net/failure.ts';
import { probers } from '../../src/probers/index.ts';
import { packageFolder } from '../../src/version.ts';

const text = await readFile(join(packageFolder, 'docs/metrics.md'), 'utf8');
/** What stands in backquotes in the first column of a table. */
const documented = new Set(
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => (line.split('|')[1] ?? '').match(/`([^`]+)`/g) ?? [])
    .map((name) => name.slice(1, -1)),
);

test('the sizing guide names families that there are', async () => {
  const guide = await readFile(join(packageFolder, 'docs/scaling.md'), 'utf8');
  const named = guide.match(/\b(?:clearbox|probe)_[a-z]+_[a-z_]+\b/g) ?? [];
  assert.ok(named.length > 10);
  assert.deepEqual(missing(named), []);
});

test('every family of a probe is in the reference', () => {
  assert.ok(Object.keys(probers).length > 0);
  assert.deepEqual(missing(declaredGauges().map(({ name }) => name)), []);
});

test('every family of the exporter itself is in the reference', async () => {
  const own = (await exporterFamilies()).filter((name) => !/^(process|nodejs)_/.test(name));
  assert.ok(own.length > 5);
  assert.deepEqual(missing(own), []);
});

test('every phase and reason of a failure is in the reference', () => {
  assert.deepEqual(missing([...phases, ...reasons]), []);
});

test('the reference has no family that is not there', async () => {
  const known = new Set([...declaredGauges().map(({ name }) => name), ...(await exporterFamilies())]);
  const families = [...documented].filter((name) => /^(probe|clearbox|blackbox)_/.test(name));
  assert.deepEqual(
    families.filter((name) => !known.has(name)),
    [],
  );
});

async function exporterFamilies(): Promise<string[]> {
  const kernel = { socketsByState: () => ({ close: 1 }), localPortsInUse: () => 1, localPortLimit: () => 1 };
  const { registry } = new ExporterMetrics();
  new InstanceMetrics(registry, { kernel, workers: () => 1 });
  return (await registry.getMetricsAsJSON()).map(({ name }) => name);
}

function missing(names: readonly string[]): string[] {
  return names.filter((name) => !documented.has(name));
}
