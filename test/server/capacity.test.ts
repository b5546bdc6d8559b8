import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capacity } from '../../src/server/capacity.ts';

const cases: readonly (readonly [descriptors: number | undefined, wanted: number | undefined, number, number])[] = [
  [1024, undefined, 320, 640],
  [undefined, undefined, 320, 640],
  [20_000, undefined, 6645, 13_291],
  [1_048_576, undefined, 10_000, 1_038_512],
  [Infinity, undefined, 10_000, Infinity],
  [Infinity, 50_000, 50_000, Infinity],
  [1024, 100, 100, 860],
  [1024, 1000, 320, 640],
  [10, undefined, 1, 2],
];

for (const [descriptors, wanted, maxInFlight, maxConnections] of cases) {
  test(`${descriptors} descriptors allow ${maxInFlight} probes when ${wanted ?? 'nothing'} is asked for`, () => {
    assert.deepEqual(capacity(descriptors, wanted), { maxInFlight, maxConnections });
  });
}
