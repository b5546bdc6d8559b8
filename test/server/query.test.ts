import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery, unescapeQuery } from '../../src/server/query.ts';

const cases: readonly [text: string, query: Record<string, string>][] = [
  ['', {}],
  ['a=1&b=2', { a: '1', b: '2' }],
  ['a=1&a=2', { a: '1' }],
  ['a=&a=2', { a: '' }],
  ['a', { a: '' }],
  ['a=b=c', { a: 'b=c' }],
  ['&&a=1&', { a: '1' }],
  ['a=x+y%20z', { a: 'x y z' }],
  ['%61=%C3%A9', { a: 'é' }],
  ['a=%zz&b=1', { b: '1' }],
  ['a=%&b=1', { b: '1' }],
  ['a=1;b=2&c=3', { c: '3' }],
  ['a=%ff%3B', { a: '\ufffd;' }],
  ['__proto__=1&constructor=2', JSON.parse('{"__proto__":"1","constructor":"2"}') as Record<string, string>],
];

for (const [text, expected] of cases) {
  test(`the query ${JSON.stringify(text)} is read as ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(Object.entries(parseQuery(text)), Object.entries(expected));
  });
}

test('unescaping tells a malformed escape from an empty text', () => {
  assert.equal(unescapeQuery(''), '');
  assert.equal(unescapeQuery('50%'), undefined);
  assert.equal(unescapeQuery('%e4%f6 é'), '\ufffd\ufffd é');
});
