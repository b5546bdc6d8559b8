import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProbeFailure } from '../../../src/net/failure.ts';
import { type BodyLength, bodyLength, ResponseBody } from '../../../src/probers/http/response-body.ts';

const lengths: readonly (readonly [
  name: string,
  headers: Record<string, string | string[]>,
  expected: BodyLength,
  rest?: { status?: number; version?: string; method?: string },
])[] = [
  ['a length', { 'content-length': '12' }, 12],
  ['a length twice', { 'content-length': ['12', '12'] }, 12],
  ['nothing', {}, 'close'],
  ['chunks', { 'transfer-encoding': 'chunked' }, 'chunked'],
  ['chunks, and a length', { 'transfer-encoding': 'Chunked', 'content-length': 'x' }, 'chunked'],
  ['chunks of HTTP/1.0', { 'transfer-encoding': 'chunked' }, 'close', { version: '1.0' }],
  ['a length of HEAD', { 'content-length': '12' }, 0, { method: 'HEAD' }],
  ['chunks of HEAD', { 'transfer-encoding': 'chunked' }, 0, { method: 'HEAD' }],
  ['204', { 'content-length': 'x' }, 0, { status: 204 }],
  ['304', { 'transfer-encoding': 'x' }, 0, { status: 304 }],
];

for (const [name, headers, expected, { status = 200, version = '1.1', method = 'GET' } = {}] of lengths) {
  test(`the length of a body with ${name} is ${expected}`, () => {
    assert.equal(bodyLength({ status, headers, version }, method), expected);
  });
}

const unusable: Record<string, Record<string, string | string[]>> = {
  'two lengths': { 'content-length': ['1', '2'] },
  'a list of lengths': { 'content-length': '2, 2' },
  'a negative length': { 'content-length': '-2' },
  'no number': { 'content-length': '0x2' },
  'a number beyond all': { 'content-length': '9'.repeat(16) },
  'an unknown coding': { 'transfer-encoding': 'gzip' },
  'two codings': { 'transfer-encoding': 'gzip, chunked' },
};

for (const [name, headers] of Object.entries(unusable)) {
  test(`a body with ${name} has no length`, () => {
    assert.throws(
      () => bodyLength({ status: 200, headers, version: '1.1' }, 'GET'),
      (error) => error instanceof ProbeFailure && error.phase === 'response' && error.reason === 'bad_response',
    );
  });
}

/** What a body is, received in parts, and what comes behind it. */
function readBody(length: BodyLength, parts: readonly string[]): { data: string; rest: string; done: boolean } {
  const body = new ResponseBody(length);
  let data = '';
  let rest = '';
  for (const part of parts) {
    const input = { chunk: Buffer.from(part, 'latin1'), at: 0 };
    for (let piece = body.read(input); piece !== undefined; piece = body.read(input)) {
      assert.ok(piece.length > 0);
      data += piece.toString('latin1');
    }
    rest += part.slice(input.at);
  }
  return { data, rest, done: body.done };
}

const whole: readonly (readonly [length: BodyLength, received: string, data: string, rest?: string])[] = [
  [0, 'rest', '', 'rest'],
  [4, 'bodyrest', 'body', 'rest'],
  ['chunked', '0\r\n\r\nrest', '', 'rest'],
  ['chunked', '3\r\nabc\r\n00A\r\n0123\n\r\n789\r\n0\r\n\r\nrest', 'abc0123\n\r\n789', 'rest'],
  ['chunked', '3;a=b\r\nabc\r\n2 ; c\r\nde\r\n0;d\r\n\r\n', 'abcde'],
  ['chunked', '3\nabc\n0\n\n', 'abc'],
  ['chunked', '1\r\na\r\n0\r\nT: 1\r\nU: 2\r\n\r\nrest', 'a', 'rest'],
];

for (const [length, received, data, rest = ''] of whole) {
  test(`${JSON.stringify(received)} by ${length} is ${JSON.stringify(data)}, however it is cut`, () => {
    fc.assert(
      fc.property(fc.array(fc.nat(received.length)), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), received.length];
        const parts = edges.slice(1).map((end, index) => received.slice(edges[index], end));
        assert.deepEqual(readBody(length, parts), { data, rest, done: true });
      }),
      { numRuns: 50 },
    );
  });
}

test('a body without a length goes on to the end of the connection', () => {
  assert.deepEqual(readBody('close', ['bo', 'dy']), { data: 'body', rest: '', done: false });
  assert.equal(new ResponseBody('close').endsByClose, true);
  assert.equal(new ResponseBody(4).endsByClose, false);
});

for (const received of [
  'x\r\n',
  '\r\n',
  '-1\r\n',
  '0x2\r\n',
  'FFFFFFFFFFFFFF\r\n',
  '2 2\r\n',
  '2\r\nabc',
  '2\r\nab\rc',
  '0\r\nx\r\n\r\n',
]) {
  test(`${JSON.stringify(received)} is no chunk`, () => {
    assert.throws(
      () => readBody('chunked', received.split('')),
      (error) => error instanceof ProbeFailure && error.phase === 'transfer' && error.reason === 'bad_response',
    );
  });
}
