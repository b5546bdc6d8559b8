import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExposition, seriesOf } from './exposition.ts';

test('reads families, labels and values', () => {
  const families = parseExposition(
    [
      '# HELP a_seconds How long\\nit took',
      '# TYPE a_seconds gauge',
      'a_seconds{phase="x, y}",b="q\\"\\\\\\n"} 1.5e-05',
      'a_seconds{phase="z"} +Inf',
      '# TYPE c_total counter',
      'c_total -7',
      '# EOF',
      '',
    ].join('\n'),
  );
  assert.deepEqual([...families.keys()], ['a_seconds', 'c_total']);
  assert.equal(families.get('a_seconds')?.type, 'gauge');
  assert.equal(families.get('a_seconds')?.help, 'How long\\nit took');
  const series = seriesOf(families);
  assert.deepEqual(
    [...series].map(([key, { value }]) => [key, value]),
    [
      ['a_seconds{b="q\\"\\\\\\n",phase="x, y}"}', 1.5e-5],
      ['a_seconds{phase="z"}', Infinity],
      ['c_total', -7],
    ],
  );
});

test('refuses what is no exposition, and a series that comes twice', () => {
  assert.throws(() => parseExposition('Unknown module "x"'), /not a line/);
  assert.throws(() => parseExposition('a{b=c} 1'), /not the labels/);
  assert.throws(() => parseExposition('a one'), /not a value/);
  assert.throws(() => seriesOf(parseExposition('a{b="c"} 1\na{b="c"} 2')), /twice/);
});
