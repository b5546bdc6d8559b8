import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from '../../src/config/duration.ts';

/** Durations in milliseconds, as blackbox_exporter 0.28 reads them. */
const durations: readonly (readonly [text: string, milliseconds: number])[] = [
  ['1s', 1000],
  ['1ms', 1],
  ['1us', 0.001],
  ['1µs', 0.001],
  ['1μs', 0.001],
  ['1ns', 0.000001],
  ['1m', 60_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['1.s', 1000],
  ['-1.5h', -5_400_000],
  ['+5s', 5000],
  ['0', 0],
  ['+0', 0],
  ['-0', 0],
  ['0s', 0],
  ['1s1s', 2000],
  ['1m1h', 3_660_000],
  ['5h0m', 18_000_000],
  ['0.000000001s', 0.000001],
  ['0.0000000001s', 0],
  ['1.0000000000000000001s', 1000],
  ['0.333333333333333333333s', 333.333333],
  ['100000h', 360_000_000_000],
  ['9223372036s', 9_223_372_036_000],
  ['2562047h47m16.854775807s', 2 ** 63 / 1e6],
  ['-2562047h47m16.854775808s', -(2 ** 63) / 1e6],
];

for (const [text, milliseconds] of durations) {
  test(`reads the duration ${text}`, () => assert.equal(parseDuration(text), milliseconds));
}

const shape = 'must be a duration such as 5s, 500ms or 1m30s';
const refused: readonly (readonly [text: string, message: string])[] = [
  ['', shape],
  ['s', shape],
  ['.s', shape],
  ['.', shape],
  ['-', shape],
  ['+-5s', shape],
  [' 1s', shape],
  ['1h-5m', 'must be a duration whose units are ns, us, ms, s, m or h, not "h-"'],
  ['1', 'must be a duration with a unit, such as 1s'],
  ['1m30', 'must be a duration with a unit, such as 30s'],
  ['1d', 'must be a duration whose units are ns, us, ms, s, m or h, not "d"'],
  ['1w', 'must be a duration whose units are ns, us, ms, s, m or h, not "w"'],
  ['1S', 'must be a duration whose units are ns, us, ms, s, m or h, not "S"'],
  ['1 s', 'must be a duration whose units are ns, us, ms, s, m or h, not " s"'],
  ['1s ', 'must be a duration whose units are ns, us, ms, s, m or h, not "s "'],
  ['5sec', 'must be a duration whose units are ns, us, ms, s, m or h, not "sec"'],
  ['1e3s', 'must be a duration whose units are ns, us, ms, s, m or h, not "e"'],
  ['1_000s', 'must be a duration whose units are ns, us, ms, s, m or h, not "_"'],
  ['1constructor', 'must be a duration whose units are ns, us, ms, s, m or h, not "constructor"'],
  ['1.5.5s', 'must be a duration with a unit, such as 1s'],
  ['9223372037s', 'must be a shorter duration: at most 2562047h'],
  ['2562047h47m16.854775808s', 'must be a shorter duration: at most 2562047h'],
  ['99999999999999999999s', 'must be a shorter duration: at most 2562047h'],
];

for (const [text, message] of refused) {
  test(`refuses the duration ${JSON.stringify(text)}`, () => assert.throws(() => parseDuration(text), { message }));
}
