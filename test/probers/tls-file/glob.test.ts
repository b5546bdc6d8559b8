import assert from 'node:assert/strict';
import { matchesGlob } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { segmentMatcher } from '../../../src/probers/tls-file/glob.ts';

const cases: readonly (readonly [pattern: string, fits: readonly string[], not: readonly string[]])[] = [
  ['*.pem', ['a.pem', 'a.b.pem'], ['.pem', 'a.pem.bak', 'a.PEM']],
  ['*', ['a', 'é', '😀'], ['.hidden']],
  ['.*', ['.hidden', '.'], ['a']],
  ['a?c', ['abc', 'a😀c'], ['ac', 'abbc']],
  ['[ab]x', ['ax', 'bx'], ['cx', 'x', 'abx']],
  ['[a-c0-2]', ['b', '1'], ['d', '3', '-']],
  ['[!a-c]', ['d'], ['a', 'c', '']],
  ['[]]x', [']x'], ['x']],
  ['[a-]', ['a', '-'], ['b']],
  ['a[', ['a['], ['a']],
  ['*a*b*', ['ab', 'xaybz', 'aab'], ['ba', 'a']],
  ['a.b', ['a.b'], ['axb']],
];

for (const [pattern, fits, not] of cases) {
  test(`the pattern ${pattern}`, () => {
    const matches = segmentMatcher(pattern);
    assert.deepEqual([...fits, ...not].filter(matches), fits);
  });
}

test('the same names fit as fit for the runtime', { skip: typeof matchesGlob !== 'function' }, () => {
  const text = (characters: string): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...Array.from(characters)), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(text('ab*?'), text('ab'), (pattern, name) => {
      assert.equal(segmentMatcher(pattern)(name), matchesGlob(name, pattern));
    }),
    { numRuns: 1000 },
  );
});

test('a pattern of many stars does not take long', () => {
  assert.equal(segmentMatcher(`${'*a'.repeat(100)}b`)('a'.repeat(250)), false);
});
