import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numericAddress } from '../../src/net/numeric-address.ts';

const cases: readonly (readonly [text: string, address: string | undefined])[] = [
  ['127.1', '127.0.0.1'],
  ['10.1.2', '10.1.0.2'],
  ['10.1.515', '10.1.2.3'],
  ['0', '0.0.0.0'],
  ['2130706433', '127.0.0.1'],
  ['4294967295', '255.255.255.255'],
  ['0x7F000001', '127.0.0.1'],
  ['0300.0250.1', '192.168.0.1'],
  ['4294967296', undefined],
  ['1.256.1', undefined],
  ['1.2.65536', undefined],
  ['1.2.3.4.5', undefined],
  ['08.1', undefined],
  ['1..2', undefined],
  ['1.2.', undefined],
  ['1a.test', undefined],
  ['-1', undefined],
  ['a.test', undefined],
  ['', undefined],
];

for (const [text, address] of cases) {
  test(`${JSON.stringify(text)} is ${address ?? 'no number of an address'}`, () => {
    assert.equal(numericAddress(text), address);
  });
}
