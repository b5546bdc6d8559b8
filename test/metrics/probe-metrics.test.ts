import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Gauge, gauge } from '../../src/metrics/gauge.ts';
import { Layout } from '../../src/metrics/layout.ts';
import { ProbeMetrics } from '../../src/metrics/probe-metrics.ts';
import { parseExposition } from '../support/exposition.ts';

// Declared out of order on purpose.
const middle = gauge('test_m', 'In the middle');
const last = gauge('test_z', 'At the end');
const first = gauge('test_a', 'With a \\ and a\nnewline');
const longer = gauge('test_m_longer', 'A name that another one begins');

test('families come in the order of their names, each with its header once', () => {
  const metrics = new ProbeMetrics();
  for (const family of [last, longer, middle, first]) metrics.set(family, 1);
  metrics.set(middle, 2, { a: 'b' });
  assert.equal(
    metrics.render(),
    `# HELP test_a With a \\\\ and a\\nnewline
# TYPE test_a gauge
test_a 1
# HELP test_m In the middle
# TYPE test_m gauge
test_m 1
test_m{a="b"} 2
# HELP test_m_longer A name that another one begins
# TYPE test_m_longer gauge
test_m_longer 1
# HELP test_z At the end
# TYPE test_z gauge
test_z 1
`,
  );
});

test('labels come in the order of their names, samples in that of their labels', () => {
  const metrics = new ProbeMetrics();
  metrics.set(middle, 1, { z: '1', a: '2' });
  metrics.set(middle, 2, { a: '1', z: '1' });
  metrics.set(middle, 3, { phase: 'tls' });
  const samples = metrics
    .render()
    .split('\n')
    .filter((line) => line.startsWith('test_m{'));
  assert.deepEqual(samples, ['test_m{a="1",z="1"} 2', 'test_m{a="2",z="1"} 1', 'test_m{phase="tls"} 3']);
});

const values: readonly (readonly [value: number, text: string])[] = [
  [0, '0'],
  [-0, '0'],
  [1.5, '1.5'],
  [1e21, '1e+21'],
  [5e-7, '5e-7'],
  [1.25e-9, '1e-9'],
  [1e-12, '0'],
  [0.1 + 0.2, '0.3'],
  [2 ** 53, '9007199254740992'],
  [-1, '-1'],
  [Number.NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
];

for (const [value, text] of values) {
  test(`the value ${value} is written ${text}`, () => {
    const metrics = new ProbeMetrics();
    metrics.set(middle, value);
    assert.match(metrics.render(), new RegExp(`^test_m ${text.replace('+', '\\+')}$`, 'm'));
  });
}

test('any value, to the nanosecond, and any label can be read back', () => {
  // The tests' own reader takes these for the ends of lines.
  const text = fc.string({ unit: 'binary' }).map((each) => each.toWellFormed().replaceAll(/[\r\u2028\u2029]/g, '?'));
  fc.assert(
    fc.property(text, fc.double(), (label, value) => {
      const metrics = new ProbeMetrics();
      metrics.set(middle, value, { label });
      const [sample] = parseExposition(metrics.render()).get('test_m')?.samples ?? [];
      assert.equal(sample?.labels['label'], label);
      if (Number.isFinite(value)) assert.ok(Math.abs(sample.value - value) <= 1e-9 + Math.abs(value) * 1e-12);
      else assert.equal(sample.value, value);
    }),
  );
});

test('a label value is escaped', () => {
  const metrics = new ProbeMetrics();
  metrics.set(middle, 1, { label: 'a\\b"c\nd' });
  assert.match(metrics.render(), /^test_m\{label="a\\\\b\\"c\\nd"\} 1$/m);
});

test('a sample that is set again has its last value', () => {
  const metrics = new ProbeMetrics();
  metrics.set(middle, 1, { a: '1', b: '2' });
  metrics.set(middle, 2, { b: '2', a: '1' });
  assert.equal(metrics.size, 1);
  assert.match(metrics.render(), /^test_m\{a="1",b="2"\} 2$/m);
});

test('a sample that is added to counts from 0', () => {
  const metrics = new ProbeMetrics();
  metrics.add(middle, 2);
  metrics.add(middle, 0.5);
  assert.match(metrics.render(), /^test_m 2\.5$/m);
});

test('OpenMetrics says where it ends', () => {
  const metrics = new ProbeMetrics();
  assert.equal(metrics.render(), '');
  assert.equal(metrics.render('openmetrics'), '# EOF\n');
  metrics.set(middle, 1);
  assert.equal(metrics.render('openmetrics'), `${metrics.render()}# EOF\n`);
});

test('probes that share a start have each their own samples', () => {
  const start = new Layout();
  const fill = (...families: Gauge[]): ProbeMetrics => {
    const metrics = new ProbeMetrics(start);
    for (const [index, family] of families.entries()) metrics.set(family, index + 1);
    return metrics;
  };
  const samples = (metrics: ProbeMetrics): string[] =>
    metrics
      .render()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  const probes = [fill(last, first), fill(last, middle), fill(last, first), fill(), fill(first, last, first)];
  assert.deepEqual(probes.map(samples), [
    ['test_a 2', 'test_z 1'],
    ['test_m 2', 'test_z 1'],
    ['test_a 2', 'test_z 1'],
    [],
    ['test_a 3', 'test_z 2'],
  ]);
});

test("samples with a target's own labels come in the same order as others, and are added to as others", () => {
  const own = gauge('test_own', 'Of the target', 'of the target');
  const metrics = new ProbeMetrics();
  metrics.set(last, 1);
  metrics.set(own, 2, { target: 'b' });
  metrics.set(first, 3);
  metrics.set(own, 1, { target: 'a' });
  metrics.add(own, 40, { target: 'b' });
  metrics.set(own, 5, { target: 'a' });
  assert.match(
    metrics.render(),
    /test_a 3\n# HELP test_own Of the target\n# TYPE test_own gauge\ntest_own\{target="a"\} 5\ntest_own\{target="b"\} 42\n# HELP test_z.*\n.*\ntest_z 1\n$/,
  );
  assert.equal(metrics.size, 4);
  assert.deepEqual([...metrics.samples()].map(({ family, value }) => `${family.name} ${value}`).sort(), [
    'test_a 3',
    'test_own 42',
    'test_own 5',
    'test_z 1',
  ]);
});
