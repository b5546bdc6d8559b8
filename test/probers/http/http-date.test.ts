import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHttpDate } from '../../../src/probers/http/http-date.ts';

const moment = Date.UTC(1994, 10, 6, 8, 49, 37) / 1000;

const dates: readonly (readonly [text: string, seconds: number | undefined])[] = [
  ['Sun, 06 Nov 1994 08:49:37 GMT', moment],
  ['Sunday, 06-Nov-94 08:49:37 GMT', moment],
  ['Sun Nov  6 08:49:37 1994', moment],
  ['Sun Nov 06 08:49:37 1994', moment],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['Wed, 31 Dec 1969 23:59:59 GMT', -1],
  ['Monday, 01-Jan-68 00:00:00 GMT', Date.UTC(2068, 0, 1) / 1000],
  ['Wednesday, 01-Jan-69 00:00:00 GMT', Date.UTC(1969, 0, 1) / 1000],
  ['', undefined],
  ['now', undefined],
  ['784111777', undefined],
  ['1994-11-06T08:49:37Z', undefined],
  ['Sun, 06 Nov 1994 08:49:37', undefined],
  ['Sun, 06 Nov 1994 08:49:37 UTC', undefined],
  ['Sun, 06 Nov 1994 08:49:37 +0000', undefined],
  ['Sun, 6 Nov 1994 08:49:37 GMT', undefined],
  ['Sun, 06 Xxx 1994 08:49:37 GMT', undefined],
  ['Sun, 06 Nov 1994 25:49:37 GMT', undefined],
  ['Sun, 99 Nov 1994 08:49:37 GMT', undefined],
  [' Sun, 06 Nov 1994 08:49:37 GMT', undefined],
];

for (const [text, seconds] of dates) {
  test(`${JSON.stringify(text)} is ${seconds ?? 'no HTTP date'}`, () => assert.equal(parseHttpDate(text), seconds));
}
