import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProbeFailure } from '../../../src/net/failure.ts';
import type { HttpResponse } from '../../../src/probers/http/exchange.ts';
import { maxHeaderSize, ResponseHead } from '../../../src/probers/http/response-head.ts';

/** What a response begins with, in parts that are received one after the other. */
function readHead(parts: readonly string[]): { response: HttpResponse | undefined; rest: string } {
  const head = new ResponseHead();
  let response: HttpResponse | undefined;
  let rest = '';
  for (const part of parts) {
    const input = { chunk: Buffer.from(part, 'latin1'), at: 0 };
    response ??= head.read(input);
    rest += input.chunk.toString('latin1', input.at);
  }
  return { response, rest };
}

function cut(text: string, cuts: readonly number[]): string[] {
  const edges = [0, ...cuts.toSorted((a, b) => a - b), text.length];
  return edges.slice(1).map((end, index) => text.slice(edges[index], end));
}

interface Case {
  readonly name: string;
  readonly received: string;
  readonly status?: number;
  readonly version?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly rest?: string;
}

const plain = 'HTTP/1.1 200 OK\r\nA: b\r\n\r\n';

const good: readonly Case[] = [
  { name: 'a head as it should be', received: `${plain}body\n\r\nbody`, headers: { a: 'b' }, rest: 'body\n\r\nbody' },
  { name: 'a head without fields', received: 'HTTP/1.0 204 No Content\r\n\r\n', status: 204, version: '1.0' },
  { name: 'a status line without a reason', received: 'HTTP/1.1 200\r\n\r\n' },
  { name: 'lines that end by LF', received: 'HTTP/1.1 200 OK\nA: b\n\nbody\n', headers: { a: 'b' }, rest: 'body\n' },
  { name: 'lines of both kinds', received: 'HTTP/1.1 200 OK\r\nA: b\n\r\nbody', headers: { a: 'b' }, rest: 'body' },
  { name: 'an LF head before a body with CR LF', received: 'HTTP/1.1 200 OK\n\nA: b\r\n\r\n', rest: 'A: b\r\n\r\n' },
  {
    name: 'folded fields',
    received: 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\nE:\r\n f\r\n\r\n',
    headers: { a: 'b c\td', e: 'f' },
  },
  {
    name: 'a field more than once',
    received: 'HTTP/1.1 200 OK\r\nA: b\r\na: c\r\nA: d\r\n\r\n',
    headers: { a: ['b', 'c', 'd'] },
  },
  {
    name: 'blanks around values',
    received: 'HTTP/1.1 200 OK\r\nA:b\r\nC:\t d e \t\r\nF:\r\n\r\n',
    headers: { a: 'b', c: 'd e', f: '' },
  },
  { name: 'bytes beyond ASCII', received: 'HTTP/1.1 200 \xc4h\r\nA: \xe9\r\n\r\n', headers: { a: '\xe9' } },
  {
    name: 'a field that is called like a part of all objects',
    received: 'HTTP/1.1 200 OK\r\n__proto__: a\r\nconstructor: b\r\n\r\n',
    headers: Object.fromEntries([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]),
  },
  { name: '100 Continue', received: `HTTP/1.1 100 Continue\r\n\r\n${plain}body`, headers: { a: 'b' }, rest: 'body' },
  {
    name: 'several interim responses',
    received: `HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 102 Processing\n\nHTTP/1.0 200 OK\r\n\r\n`,
    version: '1.0',
  },
  {
    name: '101 Switching Protocols, which is final',
    received: 'HTTP/1.1 101 Switching\r\n\r\nx',
    status: 101,
    rest: 'x',
  },
  { name: 'empty lines before it', received: `\r\n\n${plain}`, headers: { a: 'b' } },
];

for (const { name, received, status = 200, version = '1.1', headers = {}, rest = '' } of good) {
  test(`a response that begins with ${name}, however it is cut`, () => {
    fc.assert(
      fc.property(fc.array(fc.nat(received.length)), (cuts) => {
        const read = readHead(cut(received, cuts));
        assert.deepEqual({ ...read.response }, { status, version, headers: read.response?.headers });
        assert.deepEqual(Object.entries(read.response?.headers ?? {}), Object.entries(headers));
        assert.equal(read.rest, rest);
      }),
      { numRuns: 50 },
    );
  });
}

for (const [name, received] of [
  ['an interim response alone', 'HTTP/1.1 100 Continue\r\nA: b\r\n\r\n'],
  ['no last line', 'HTTP/1.1 200 OK\r\nA: b\r\n'],
  ['half a status line', '\r\nHTT'],
] as const) {
  test(`${name} is no whole head`, () => {
    assert.deepEqual(readHead([received]), { response: undefined, rest: '' });
  });
}

const bad: readonly (readonly [name: string, received: string])[] = [
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['no status', 'HTTP/1.1\r\n\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['HTTP in small letters', 'http/1.1 200 OK\r\n\r\n'],
  ['HTML', '<html>\n\n</html>'],
  ['bytes without a line', '\x15\x03\x03\0\x02\x02\x46'],
  ['garbage behind an interim response', 'HTTP/1.1 100 Continue\r\n\r\ngarbage\r\n'],
  ['a version of another kind', 'HTTP/x 200 OK\r\n\r\n'],
  ['a version that is not known', 'HTTP/1.7 200 OK\r\n\r\n'],
  ['a field without a colon', 'HTTP/1.1 200 OK\r\nBroken\r\n\r\n'],
  ['a field without a name', 'HTTP/1.1 200 OK\r\n: b\r\n\r\n'],
  ['a space before a colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n'],
  ['a fold before any field', 'HTTP/1.1 200 OK\r\n b\r\n\r\n'],
  ['a NUL in a value', 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n'],
  ['a carriage return in a value', 'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n'],
];

for (const [name, received] of bad) {
  test(`${name} is no head, however it is cut`, () => {
    fc.assert(
      fc.property(fc.array(fc.nat(received.length)), (cuts) => {
        assert.throws(
          () => readHead(cut(received, cuts)),
          (error) => error instanceof ProbeFailure && error.phase === 'response' && error.reason === 'bad_response',
        );
      }),
      { numRuns: 50 },
    );
  });
}

test('very many blanks within a value take no longer than other characters', () => {
  const value = `a${' '.repeat(900_000)}b`;
  const { response } = readHead([`HTTP/1.1 200 OK\r\nA: ${value}  \r\n\r\n`]);
  assert.equal(response?.headers['a'], value);
});

test('a head without an end is not kept for ever', () => {
  for (const beginning of ['HTTP/1.1 200 ', 'HTTP/1.1 200 OK\r\nA: ', 'HTTP/1.1 100 Continue\r\nA: ']) {
    const head = new ResponseHead();
    head.read({ chunk: Buffer.from(beginning), at: 0 });
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const flood = (): void => {
      for (let sent = 0; sent <= maxHeaderSize; sent += chunk.length) head.read({ chunk, at: 0 });
    };
    assert.throws(flood, (error) => error instanceof ProbeFailure && error.reason === 'too_large');
  }
});
