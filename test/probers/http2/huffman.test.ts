import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHuffman } from '../../../src/probers/http2/huffman.ts';

function decode(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  return decodeHuffman(bytes, 0, bytes.length);
}

const good: readonly (readonly [name: string, hex: string, text: string])[] = [
  ['nothing', '', ''],
  ['no padding', '0000000000', '00000000'],
  ['1 bit of padding', '0001', '000'],
  ['2 bits of padding', '00000003', '000000'],
  ['3 bits of padding', '07', '0'],
  ['4 bits of padding', '00000f', '0000'],
  ['5 bits of padding', '000000001f', '0000000'],
  ['6 bits of padding', '003f', '00'],
  ['7 bits of padding', '0000007f', '00000'],
  ['NUL, of 13 bits', 'ffc7', '\0'],
  ['two of the longest codes', 'fffffff7ffffffef', '\r\x16'],
];

for (const [name, hex, text] of good) {
  test(`A Huffman-coded string with ${name} is decoded`, () => assert.equal(decode(hex), text));
}

test('Only the bytes from start to end are decoded', () => {
  assert.equal(decodeHuffman(Buffer.from('ff07ff', 'hex'), 1, 2), '0');
});

const bad: readonly (readonly [name: string, hex: string])[] = [
  ['padding alone', 'ff'],
  ['8 bits of padding', '0000000000ff'],
  ['11 bits of padding', '07ff'],
  ['padding of zeros', '18'],
  ['padding that ends in a zero', '06'],
  ['half of a long code', 'ffc0'],
  ['EOS', 'ffffffff'],
  ['EOS before a symbol', 'fffffffc7f'],
];

for (const [name, hex] of bad) {
  test(`A Huffman-coded string with ${name} is refused`, () => assert.throws(() => decode(hex), RangeError));
}
