import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExposition } from '../support/exposition.ts';
import { differences, judge, type Outcome } from './compare.ts';
import type { Seen } from './probe-case.ts';

const outcome = (text: string, seen: readonly Seen[] = [], status = 200): Outcome => ({
  status,
  families: parseExposition(text),
  seen,
});

const gauge = (name: string, sample: string): string => `# HELP ${name} Help\n# TYPE ${name} gauge\n${sample}\n`;
const subjects = (peer: Outcome, ours: Outcome): string[] => differences(peer, ours).map(({ subject }) => subject);

test('finds what we lack or say otherwise, and nothing in what we have beyond it', () => {
  const peer = outcome(gauge('a', 'a{x="1"} 1') + gauge('b', 'b 2') + gauge('c', 'c 3'));
  const ours = outcome(gauge('a', 'a{x="2"} 1') + '# TYPE b counter\nb 2.5\n' + gauge('d', 'd 1'));
  assert.deepEqual(subjects(peer, ours), ['TYPE b', 'HELP b', 'a{x="1"}', 'b', 'c']);
  assert.deepEqual(subjects(peer, peer), []);
  assert.deepEqual(subjects(peer, outcome('', [], 400)), ['status']);
});

test('compares durations by whether they are zero, and other seconds exactly', () => {
  const at = (value: number, timeout: number): Outcome =>
    outcome(
      gauge('probe_duration_seconds', `probe_duration_seconds ${value}`) +
        gauge('probe_timeout_seconds', `probe_timeout_seconds ${timeout}`),
    );
  assert.deepEqual(subjects(at(0.5, 5), at(0.001, 5)), []);
  assert.deepEqual(subjects(at(0.5, 5), at(0, 4)), ['probe_duration_seconds', 'probe_timeout_seconds']);
  assert.deepEqual(subjects(at(0, 5), at(0.5, 5)), ['probe_duration_seconds']);
});

test('compares what the target saw but for the names of the exporters', () => {
  const saw = (agent: string, rest: Seen): Outcome => outcome('', [{ url: '/', 'header user-agent': agent, ...rest }]);
  const peer = saw('Blackbox-Exporter/0.28.0', { 'header connection': 'close' });
  assert.deepEqual(subjects(peer, saw('Other/1.0', {})), []);
  assert.deepEqual(subjects(peer, saw('', { 'header connection': 'close', 'header x': 'y' })), [
    'request 1 header user-agent',
    'request 1 header x',
  ]);
  assert.deepEqual(subjects(peer, outcome('')), ['requests']);
});

test('a mark explains a difference, and one that explains nothing is told', () => {
  const found = differences(outcome(gauge('a', 'a{x="1"} 1') + gauge('b', 'b 2')), outcome(''));
  assert.deepEqual(
    judge(found, { a: 'wanted', c: 'forgotten' }).unexplained.map(({ subject }) => subject),
    ['b'],
  );
  assert.deepEqual(judge(found, { a: 'wanted', c: 'forgotten' }).idle, ['c']);
  assert.deepEqual(judge(found, { '*': 'wanted' }), { unexplained: [], idle: [] });
  assert.deepEqual(judge([], { '*': 'wanted' }).idle, ['*']);
});
