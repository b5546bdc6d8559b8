import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../src/sweep/histogram.ts';
import { Pace, progressLine } from '../../src/sweep/progress.ts';
import { Summary } from '../../src/sweep/summary.ts';
import { durationText } from '../../src/sweep/texts.ts';
import { failed, row } from './rows.ts';

const horizon = Date.UTC(2026, 11, 9);

test('outcomes are counted by phase and reason, the most frequent first', () => {
  const summary = new Summary(horizon);
  for (let count = 0; count < 97; count++) summary.add(row());
  summary.add(failed('tls', 'certificate_expired', { duration_seconds: 0.02 }));
  summary.add(failed('connect', 'timeout', { duration_seconds: 5, socket_after_close: 'syn_sent' }));
  summary.add(failed('connect', 'timeout', { duration_seconds: 5, socket_after_close: 'fin_wait2' }));
  assert.deepEqual([summary.count, summary.failed], [100, 3]);
  assert.equal(
    summary.render(),
    `100 targets: 97 succeeded, 3 failed
  connect timeout          2
  tls certificate_expired  1
Durations: p50 12.2 ms, p90 12.2 ms, p99 5 s, max 5 s
Sockets left behind: 1 in fin_wait2
`,
  );
});

test('the certificates that expire first are named, twenty at most', () => {
  const summary = new Summary(horizon);
  for (let hour = 23; hour >= 0; hour--) {
    const expiry = new Date(Date.UTC(2026, 10, 30, hour)).toISOString();
    summary.add(row({ target: `t${hour}`, certificate_expiry: expiry }));
  }
  summary.add(row({ certificate_expiry: new Date(horizon).toISOString() }));
  const [head, ...lines] = summary.render().trimEnd().split('\n').slice(2);
  assert.equal(head, 'Certificates that expire before 2026-12-09 00:00 UTC: 24, the first 20 of them:');
  assert.equal(lines[0], '  2026-11-30 00:00 UTC  t0');
  assert.equal(lines.at(-1), '  2026-11-30 19:00 UTC  t19');
  assert.equal(lines.length, 20);
});

test('nothing swept is told as nothing', () => {
  assert.equal(new Summary(horizon).render(), '0 targets: 0 succeeded, 0 failed\n');
});

test('percentiles are right within two in a hundred', () => {
  const histogram = new Histogram();
  for (let micros = 1; micros <= 100_000; micros++) histogram.add(micros / 1e4);
  for (const share of [0.01, 0.5, 0.9, 0.99]) {
    const value = histogram.quantile(share);
    assert.ok(value >= share * 10 && value <= share * 10 * 1.02, `${share}: ${value}`);
  }
  assert.equal(histogram.quantile(1), 10);
  assert.equal(histogram.max, 10);
  histogram.add(1e9);
  assert.ok(histogram.quantile(1) <= 1e9);
  assert.equal(new Histogram().quantile(0.5), 0);
});

const durations: readonly [seconds: number, text: string][] = [
  [0, '0 ms'],
  [0.000_123, '0.12 ms'],
  [0.0123, '12.3 ms'],
  [0.1234, '123 ms'],
  [0.9996, '1 s'],
  [12.34, '12.3 s'],
  [59.96, '1 min 0 s'],
  [185, '3 min 5 s'],
  [7830, '2 h 10 min'],
];
for (const [seconds, text] of durations)
  test(`${seconds} s is ${text}`, () => assert.equal(durationText(seconds), text));

test('progress has a bar and a time when the size of the list is known, the bar where there is room', () => {
  const pace = new Pace(1000, 0, 0);
  pace.facts(0, 50, 1000);
  const facts = { done: 50, failed: 7, running: 4, ...pace.facts(50, 250, 5000) };
  const text = ' 25% 50 done, 10/s, 4 in flight, 7 failed, 15 s left';
  assert.equal(progressLine(facts, 100), `[########------------------------] ${text}`);
  assert.equal(progressLine(facts, 72), `[####-------------] ${text}`.slice(0, 72));
  assert.equal(progressLine(facts, 60), text);
  assert.equal(progressLine(facts, 40), text.slice(0, 40));
});

test('without a size progress has neither, and what an earlier sweep did is not its pace', () => {
  const pace = new Pace(undefined, 1000, 0);
  const facts = { done: 1010, failed: 0, running: 4, ...pace.facts(1010, 10_010, 1000) };
  assert.equal(progressLine(facts, 100), '1010 done, 10/s, 4 in flight, 0 failed');
});
