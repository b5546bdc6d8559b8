import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLoad } from '../../bench/measure/load.ts';

const line = 'load requests=3000 us=2000000 p50=5250 p99=20100 errors=0 failed=0 example=';

test('the line that the script of wrk writes', () => {
  assert.deepEqual(parseLoad(`Running 2s test\n${line}\n`), { requests: 3000, duration: 2, p50: 5.25, p99: 20.1 });
});

test('failed scrapes and probes are no measurement', () => {
  for (const [output, message] of [
    [line.replace('errors=0', 'errors=2'), /2 of 3000 scrapes failed/],
    [line.replace('failed=0 example=', 'failed=7 example=200 reset'), /7 of 3000 probes failed: 200 reset/],
    [line.replace('3000', '0'), /No scrape has ended/],
    ['unable to connect', /wrk said nothing/],
  ] as const) {
    assert.throws(() => parseLoad(output), message);
  }
});
