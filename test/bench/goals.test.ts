import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../bench/goals.ts';
import type { Round } from '../../bench/measure/round.ts';
import { median, medianRatio } from '../../bench/statistics.ts';
import { summarize, type Measured } from '../../bench/summary.ts';

const round: Round = {
  cpuPerProbe: 600,
  probesPerSecond: 1000,
  probes: 3000,
  p50: 10,
  p99: 40,
  memory: 100e6,
  largest: 90e6,
  peak: 120e6,
  timeWait: { exporter: 0, targets: 0 },
};

const peer: Measured = {
  case: 'http',
  subject: { name: 'blackbox_exporter', node: undefined, workers: 1 },
  rounds: [round, { ...round, cpuPerProbe: 900 }, { ...round, timeWait: { exporter: 5, targets: 3000 } }],
};

function clearbox(node: string, workers: number, ...rounds: Partial<Round>[]): Measured {
  return {
    case: 'http',
    subject: { name: 'Clearbox', node, workers },
    rounds: rounds.map((own) => ({ ...round, ...own })),
  };
}

test('the median', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test('ratios are taken round by round', () => {
  assert.equal(medianRatio([600, 900, 600], [200, 300, 100]), 3);
});

test('a summary beside the peer', () => {
  const summary = summarize(
    clearbox('26.1.0', 1, { cpuPerProbe: 300 }, { cpuPerProbe: 300, peak: 140e6 }, { cpuPerProbe: 200, p99: 20 }),
    peer,
  );
  assert.equal(summary.cpuPerProbe, 300);
  assert.equal(summary.peak, 140e6);
  assert.deepEqual(summary.times, { cpu: 3, rate: 1, p99: 1 });
});

test('the newest Node is judged', () => {
  const summaries = [
    peer,
    clearbox('20.20.2', 1, { cpuPerProbe: 100, timeWait: { exporter: 9, targets: 9 } }),
    clearbox('26.1.0', 1, { cpuPerProbe: 200, largest: 149e6 }),
    clearbox('26.1.0', 2, { probesPerSecond: 1900, p99: 30 }),
  ].map((measured) => summarize(measured, { ...peer, rounds: [round] }));
  assert.deepEqual(judge(summaries), [
    { goal: 'http: 2.8 times less CPU per probe', measured: '3.00', reached: true },
    { goal: 'http: 2 times more probes/s, 2 workers', measured: '1.90', reached: false },
    { goal: 'http: lower p99, 2 workers', measured: '1.33 times lower', reached: true },
    { goal: 'memory below 150 MB a worker', measured: 'at most 149 MB (http)', reached: true },
    { goal: 'no socket in TIME_WAIT on either side', measured: '0', reached: true },
  ]);
});

test('nothing is judged without Clearbox', () => {
  assert.deepEqual(judge([summarize(peer, peer)]), []);
});
