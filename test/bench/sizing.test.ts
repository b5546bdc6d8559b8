import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coresText, memoryText } from '../../bench/report/sizing.ts';
import type { Summary } from '../../bench/summary.ts';

test('targets a core are computed from the newest Node with one process', () => {
  const summary = (node: string | undefined, workers: number, cpuPerProbe: number): Summary => ({
    case: 'http',
    subject: { name: 'some exporter', node, workers },
    cpuPerProbe,
    probesPerSecond: 1000,
    p50: 1,
    p99: 2,
    memory: 1e8,
    largest: 1e8,
    peak: 1e8,
    timeWait: { exporter: 0, targets: 0 },
    times: { cpu: 1, rate: 1, p99: 1 },
  });
  const text = coresText([
    summary(undefined, 1, 600),
    summary('20.20.2', 1, 400),
    summary('26.1.0', 1, 300),
    summary('26.1.0', 2, 310),
  ]);
  assert.match(text, /^On Node 26\.1\.0, at 60% of a core:/);
  // 0.6 × 15 s ÷ 300 us
  assert.match(text, /^\| http \| +300 us \| +30,000 \| +120,000 \| +33\.3 \| +8\.3 \|$/m);
});

test('targets a GiB are computed from what a probe in flight takes', () => {
  const cost = (size: number, peak: number) => ({ size, cpuPerProbe: 300, probesPerSecond: 1000, peak });
  const text = memoryText([cost(1, 100e6), cost(1001, 200e6)]);
  assert.match(text, /100 MB at its peak with one probe in flight, and 200 MB with 1,001: 100 kB for each/);
  assert.match(text, /So 9,700 probes in flight fit/);
  // 9737 × 15 s ÷ 0.2 s
  assert.match(text, /^\| 0\.2 s +\| +730,000 \| +2,900,000 \|$/m);
  assert.match(text, /^\| 5 s +\| +29,000 \| +110,000 \|$/m);
  assert.equal(memoryText([cost(1, 100e6)]), '');
});
