import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDouble, parseDouble } from '../../src/config/go-numbers.ts';

test('doubles are written as Go writes them', () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [123456, '123456'],
    [100000, '100000'],
    [1e6, '1e+06'],
    [1234567, '1.234567e+06'],
    [123456.7, '123456.7'],
    [1e20, '1e+20'],
    [1e21, '1e+21'],
    [1.5e300, '1.5e+300'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.25e-7, '1.25e-07'],
    [-5e-324, '-5e-324'],
    [0.1 + 0.2, '0.30000000000000004'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ];
  for (const [value, text] of rows) assert.equal(formatDouble(value), text);
});

test('texts are read as doubles as Go reads them', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['1', 1],
    ['-1.5e3', -1500],
    ['+.5', 0.5],
    ['5.', 5],
    ['1_000.2_5', 1000.25],
    ['Inf', Infinity],
    ['-infinity', -Infinity],
    ['nan', NaN],
    ['1e-400', 0],
  ];
  for (const [text, value] of rows) assert.equal(parseDouble(text), value);
});

test('what is no double is refused', () => {
  for (const text of ['', ' 1', '1 ', '.', 'e5', '1e', '1__0', '_1', '1_', '0x10', '1e999', 'one', '1,5']) {
    assert.throws(() => parseDouble(text), text);
  }
});
