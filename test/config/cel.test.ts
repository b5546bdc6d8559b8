import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelExpression, CelFailure, readCelDocument } from '../../src/config/cel.ts';
import { eventually } from '../support/eventually.ts';

function evaluate(expression: string, document: unknown): boolean {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return new CelExpression(expression).test(readCelDocument(Buffer.from(text)));
}

/** Expressions with mistakes, and what is said of them behind `must be a CEL expression`. */
const mistakes: readonly (readonly [expression: string, complaint: string])[] = [
  ['', ': 1:1: found end of input'],
  ['body.a ==', ': 1:8: found = but expecting end of input'],
  ['body.a == 1 and true', ': 1:13: found a but expecting end of input'],
  ['(body.a == 1', ": 1:13: found end of input but expecting ')'"],
  ['bdy.a == 1', ': 1:1: there is no bdy: the document is named body'],
  ['body.a == 1 &&\n  foo(body)', ': 2:3: there is no function foo'],
  ['body.all(x, y)', ': 1:13: there is no y: the document is named body'],
  ['body.a.sum() == 1', ': 1:7: there is no function sum'],
  ['"a" + 1 == "a1"', ': 1:4: + takes no (string, int)'],
  ['"a".startsWith(1)', ': 1:4: startsWith takes no (int) on string'],
  ['size(body, 1) == 1', ': 1:1: size takes no (dyn, int)'],
  ['1 in "abc"', ': 1:2: in takes no (int, string)'],
  ['-"a" == 1', ': 1:1: - takes no (string)'],
  ['"a" == 1', ': 1:4: string and int cannot be compared'],
  ['body.a || 1', ': 1:11: this is int, not bool'],
  ['1 ? true : false', ': 1:1: this is int, not bool'],
  ['"a".b == 1', ': 1:4: string has no field b'],
  ['"a"[0] == "a"', ': 1:4: string has no elements'],
  ['1.all(x, true)', ': 1:2: int is neither list nor map'],
  ['size(body).all(x, true)', ': 1:11: int is neither list nor map'],
  ['Foo{a: 1} == body', ': 1:1: there is no type Foo'],
  ['has(body)', ': 1:1: there is no function has'],
  ['1 + 1', ' that gives true or false, not int'],
  ['body.map(x, x)', ' that gives true or false, not list'],
];

for (const [expression, complaint] of mistakes) {
  test(`refuses the CEL expression ${JSON.stringify(expression)}`, () => {
    assert.throws(() => new CelExpression(expression), { message: `must be a CEL expression${complaint}` });
  });
}

test('refuses an expression that is nested too deeply to be read', () => {
  const nested = `${'('.repeat(20_000)}true${')'.repeat(20_000)}`;
  assert.throws(() => new CelExpression(nested), { message: 'must be a CEL expression: it is nested too deeply' });
});

test('a field whose value is null is there', () => {
  assert.equal(evaluate('has(body.a) && body.a == null && "a" in body', { a: null }), true);
  assert.equal(evaluate('has(body.b.a) && body.b == {"a": null, "c": 1}', { b: { a: null, c: 1 } }), true);
  assert.equal(evaluate('has(body.b)', { a: null }), false);
});

test('a document has the fields of its text alone', () => {
  assert.equal(evaluate('has(body.constructor) || has(body.toString) || has(body.__proto__)', {}), false);
  assert.equal(evaluate('body.constructor == "x" && body.__proto__ == 1', '{"constructor":"x","__proto__":1}'), true);
});

test('macros take lists of any length', async () => {
  const list = Array.from({ length: 20_000 }, (_, index) => index);
  const expression = 'body.map(x, x + 1.0).filter(x, x > 5.0).all(x, x <= 20000.0)';
  // On a busy machine the second that it may take can be over before it has run.
  await eventually(async () => assert.equal(evaluate(expression, list), true));
});

test('a list that was added to stays what it was', () => {
  const expression = '[body.a + body.b].map(l, [l + [1], l + [2], l]) == [[[1, 2, 1], [1, 2, 2], [1, 2]]]';
  assert.equal(evaluate(expression, { a: [1], b: [2] }), true);
});

test('a document that is nested too deeply to be compared is no crash', () => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  assert.throws(() => evaluate('body[0] == body[0]', nested), CelFailure);
  assert.equal(evaluate('body[0][0][0].size() == 1', nested), true);
});

test('an evaluation that takes too long is ended', () => {
  const list = Array.from({ length: 30_000 }, (_, index) => index);
  const expression = new CelExpression('body.all(x, body.exists(y, x < 0.0 || y < 0.0))');
  const endless = new CelExpression('body.all(x, body.all(y, x >= 0.0 && y >= 0.0))');
  const document = readCelDocument(Buffer.from(JSON.stringify(list)));
  assert.throws(() => endless.test(document), {
    message: /gives no answer: it takes longer than 1000 ms on this document$/,
  });
  assert.equal(expression.test(readCelDocument(Buffer.from('[-1]'))), true);
});

const failures: readonly (readonly [expression: string, document: string, message: RegExp])[] = [
  ['body.a', '{"a":1}', /^body\.a gives no answer: neither true nor false$/],
  ['body.a == 1', '{}', /^body\.a == 1 gives no answer: field not found: a$/],
  ['body.a + 1 == 2', '{"a":1}', /^body\.a \+ 1 == 2 gives no answer: found no matching overload/],
  ['body.a.matches("[")', '{"a":"b"}', /RE2 syntax/],
  ['body == 1', '', /^The body is no JSON: /],
  ['body == 1', '{', /^The body is no JSON: /],
  ['body == 1', '1e999', /^The body is no JSON: a number is too large for a double$/],
];

for (const [expression, document, message] of failures) {
  test(`gives no answer to ${expression} on ${document.slice(0, 20)}`, () => {
    assert.throws(
      () => evaluate(expression, document),
      (error: unknown) => error instanceof CelFailure && message.test(error.message),
    );
  });
}
