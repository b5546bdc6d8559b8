import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SizeCost } from '../../bench/growth/sizes.ts';
import { costVerdict, soakCostVerdict, soakMemoryVerdict } from '../../bench/growth/verdicts.ts';

function costs(...cpuPerProbe: number[]): SizeCost[] {
  return cpuPerProbe.map((cpuPerProbe, i) => ({ size: 10 ** i, cpuPerProbe, probesPerSecond: 1000, peak: 100e6 }));
}

test('the cost by size', () => {
  assert.deepEqual(costVerdict('http', costs(200, 210, 229)), {
    goal: 'http: CPU a probe grows by at most 15% from 1 to 100',
    measured: '1.15 times',
    reached: true,
  });
  assert.equal(costVerdict('http', costs(200, 240, 200)).reached, false);
});

/** A sample after every 10,000 probes. */
function samples(
  count: number,
  memory: (probes: number) => number,
  cpuPerProbe: (probes: number) => number = () => 200,
) {
  return Array.from({ length: count }, (_, i) => (i + 1) * 10_000).map((probes) => ({
    probes,
    memory: memory(probes),
    cpuPerProbe: cpuPerProbe(probes),
  }));
}

test('memory is compared after 20,000 and 200,000 probes', () => {
  assert.equal(
    soakMemoryVerdict(
      'http',
      samples(30, (probes) => 1e8 + probes * 100),
    ).measured,
    '1.18 times',
  );
  assert.equal(
    soakMemoryVerdict(
      'http',
      samples(30, (probes) => (probes > 250_000 ? 9e9 : 1e8)),
    ).reached,
    true,
  );
  assert.equal(
    soakMemoryVerdict(
      'http',
      samples(20, (probes) => (probes < 200_000 ? 1e8 : 2e8)),
    ).reached,
    false,
  );
  assert.deepEqual(
    soakMemoryVerdict(
      'http',
      samples(5, () => 1e8),
    ),
    {
      goal: 'http soak: memory after 200,000 probes at most 1.2 times that after 20,000',
      measured: 'only 50,000 probes',
      reached: undefined,
    },
  );
});

test('the cost over a soak is that of its end beside that of its beginning', () => {
  const constant = (): number => 1e8;
  assert.equal(
    soakCostVerdict(
      'http',
      samples(12, constant, (probes) => (probes <= 20_000 ? 900 : 200)),
    ).measured,
    '1.00 times',
  );
  assert.equal(
    soakCostVerdict(
      'http',
      samples(12, constant, (probes) => probes / 100),
    ).reached,
    false,
  );
  assert.equal(soakCostVerdict('http', samples(2, constant)).reached, undefined);
});
