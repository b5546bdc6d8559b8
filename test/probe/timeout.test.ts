import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScrapeTimeoutError, probeTimeout } from '../../src/probe/timeout.ts';

const cases: readonly { header?: string; module?: number; offset?: number; expected: number; why: string }[] = [
  { expected: 119.5, why: 'without either limit it is two minutes less the offset' },
  { module: 5000, expected: 5, why: "the module's limit holds alone" },
  { module: 200_000, expected: 119.5, why: "a module's limit does not exceed the default" },
  { header: '10', expected: 9.5, why: 'the offset is taken off the scrape timeout' },
  { header: '10', module: 5000, expected: 5, why: "the module's limit is the lesser" },
  { header: '4', module: 5000, expected: 3.5, why: 'the scrape timeout is the lesser' },
  { header: '300', expected: 299.5, why: 'a scrape may ask for more than the default' },
  { header: '1e1', expected: 9.5, why: 'an exponent is a number' },
  { header: '', expected: 119.5, why: 'an empty header counts as none' },
  { header: '0', expected: 119.5, why: 'zero counts as none' },
  { header: '-3', module: 5000, expected: 5, why: 'a negative scrape timeout counts as none' },
  { header: '0.2', expected: 0.2, why: 'a scrape timeout below the offset counts in full' },
  { header: '0.5', expected: 0.5, why: 'so does one that the offset would use up' },
  { header: '0.2', module: 5000, expected: 0.2, why: 'and it stays below a longer limit of the module' },
  { header: '0.2', module: 100, expected: 0.1, why: 'and above a shorter one' },
  { header: '2', offset: 1.25, expected: 0.75, why: 'the offset is configurable' },
  { header: '1e12', expected: 2_147_483, why: 'it never exceeds what a timer takes' },
];

for (const { header, module, offset = 0.5, expected, why } of cases) {
  test(`the timeout with header ${header} and module timeout ${module}: ${why}`, () => {
    assert.equal(probeTimeout(header, module, offset), expected);
  });
}

for (const header of ['abc', '10s', '1,5', 'NaN', 'Infinity', '1e999', '0x10', ' ']) {
  test(`the scrape timeout ${JSON.stringify(header)} is refused`, () => {
    assert.throws(() => probeTimeout(header, 5000, 0.5), ScrapeTimeoutError);
  });
}
