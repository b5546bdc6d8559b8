import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unescapeBytes } from '../../src/probers/escapes.ts';

const texts: readonly (readonly [text: string, hex: string])[] = [
  ['', ''],
  ['plain', '706c61696e'],
  ['Grüße', Buffer.from('Grüße').toString('hex')],
  ['\\x00\\xfF', '00ff'],
  ['\\u00fc', 'c3bc'],
  ['\\u20AC', 'e282ac'],
  ['\\n\\r\\t', '0a0d09'],
  ['\\a\\b\\e\\f\\v', '07081b0c0b'],
  ['\\0', '00'],
  ['\\\\n', '5c6e'],
  ['\\\\\\n', '5c0a'],
  ['\\"\\\'', '2227'],
  ['\\x411', '4131'],
  ['\\01', '0031'],
  ['a\nb', '610a62'],
];

for (const [text, hex] of texts) {
  test(`${JSON.stringify(text)} stands for the bytes ${hex}`, () => {
    assert.equal(unescapeBytes(text).toString('hex'), hex);
  });
}

const refused = ['\\', 'a\\', '\\x', '\\x1', '\\xg0', '\\u123', '\\u{41}', '\\q', '\\1', '\\X41', '\\N', '\\ü', '\\\n'];

for (const text of refused) {
  test(`${JSON.stringify(text)} has an escape that is none`, () =>
    assert.throws(() => unescapeBytes(text), SyntaxError));
}

test('any bytes can be written with escapes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
      assert.deepEqual(unescapeBytes(text), Buffer.from(bytes));
    }),
  );
});

test('a text without a backslash stands for itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.includes('\\'));
      assert.deepEqual(unescapeBytes(text), Buffer.from(text));
    }),
  );
});
