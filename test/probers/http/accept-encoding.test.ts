import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptsEncoding } from '../../../src/probers/http/accept-encoding.ts';

const values: readonly (readonly [coding: string, value: string, allows: boolean])[] = [
  ['gzip', 'gzip', true],
  ['gzip', 'br', false],
  ['gzip', 'br, gzip', true],
  ['gzip', 'br,gzip', true],
  ['gzip', '*', true],
  ['gzip', 'br, *', true],
  ['gzip', '*;q=0', false],
  ['gzip', 'gzip;q=0', false],
  ['gzip', 'gzip;q=0.5', true],
  ['gzip', 'gzip; q=0.001', true],
  ['gzip', 'gzip;q=0.0001', false],
  ['gzip', 'gzip;q=zero', false],
  ['gzip', 'gzip;q=0, *', true],
  ['gzip', 'gzip;q=0, *;q=0.5', true],
  ['gzip', '*;q=0, gzip', true],
  ['gzip', 'GZIP', false],
  ['gzip', 'gzipped', false],
  ['gzip', '', true],
  ['gzip', ',', false],
  ['', 'br', true],
  ['identity', 'gzip', false],
  ['identity', 'gzip, identity;q=0.1', true],
];

for (const [coding, value, allows] of values) {
  test(`${JSON.stringify(value)} ${allows ? 'allows' : 'refuses'} ${JSON.stringify(coding)}`, () => {
    assert.equal(acceptsEncoding(coding, value), allows);
  });
}
