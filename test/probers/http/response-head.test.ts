import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxHeaderSize, ResponseHead } from '../../../src/probers/http/response-head.ts';

interface Case {
  readonly name: string;
  readonly received: string;
  /** What goes to the parser; the same as received where it is left out. */
  readonly forwarded?: string;
  readonly version: string;
}

const plain = 'HTTP/1.1 200 OK\r\nA: b\r\n\r\n';

const cases: readonly Case[] = [
  { name: 'a head as it should be', received: `${plain}body\n\r\nbody`, version: '1.1' },
  { name: 'a head without fields', received: 'HTTP/1.0 204 No Content\r\n\r\n', version: '1.0' },
  { name: 'a status line without a reason', received: 'HTTP/1.1 200\r\n\r\n', version: '1.1' },
  {
    name: 'lines that end by LF',
    received: 'HTTP/1.1 200 OK\nA: b\n\nbody\n',
    forwarded: `${plain}body\n`,
    version: '1.1',
  },
  {
    name: 'lines of both kinds',
    received: 'HTTP/1.1 200 OK\r\nA: b\n\r\nbody',
    forwarded: `${plain}body`,
    version: '1.1',
  },
  {
    name: 'an LF head before a body with CR LF',
    received: 'HTTP/1.1 200 OK\n\nA: b\r\n\r\n',
    forwarded: 'HTTP/1.1 200 OK\r\n\r\nA: b\r\n\r\n',
    version: '1.1',
  },
  {
    name: 'a folded field',
    received: 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\nE: f\r\n\r\n',
    forwarded: 'HTTP/1.1 200 OK\r\nA: b c\td\r\nE: f\r\n\r\n',
    version: '1.1',
  },
  {
    name: '100 Continue',
    received: `HTTP/1.1 100 Continue\r\n\r\n${plain}body`,
    forwarded: `${plain}body`,
    version: '1.1',
  },
  {
    name: 'several interim responses',
    received: `HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 102 Processing\n\nHTTP/1.0 200 OK\r\n\r\n`,
    forwarded: 'HTTP/1.0 200 OK\r\n\r\n',
    version: '1.0',
  },
  { name: '101 Switching Protocols, which is final', received: 'HTTP/1.1 101 Switching\r\n\r\n', version: '1.1' },
  { name: 'empty lines before it', received: `\r\n\n${plain}`, forwarded: plain, version: '1.1' },
  { name: 'an interim response alone', received: 'HTTP/1.1 100 Continue\r\nA: b\r\n\r\n', forwarded: '', version: '' },
  { name: 'a status of four digits', received: 'HTTP/1.1 2000 OK\r\n\r\n', version: '1.1' },
  { name: 'no HTTP at all', received: 'SSH-2.0-OpenSSH_9.2\r\n', version: '' },
  { name: 'HTTP in small letters', received: 'http/1.1 200 OK\r\n\r\n', version: '' },
  { name: 'HTML', received: '<html>\n\n</html>', version: '' },
  { name: 'bytes', received: '\x15\x03\x03\0\x02\x02\x46', version: '' },
  {
    name: 'garbage behind an interim response',
    received: 'HTTP/1.1 100 Continue\r\n\r\ngarbage\r\n',
    forwarded: 'garbage\r\n',
    version: '',
  },
  { name: 'a version of another kind', received: 'HTTP/x 200 OK\r\n\r\n', version: '' },
];

for (const { name, received, forwarded = received, version } of cases) {
  test(`a response that begins with ${name}, however it is cut into chunks`, () => {
    fc.assert(
      fc.property(fc.array(fc.nat(received.length)), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), received.length];
        const head = new ResponseHead();
        let given = '';
        for (const [index, end] of edges.slice(1).entries()) {
          const chunk = Buffer.from(received.slice(edges[index], end), 'latin1');
          given += (head.done ? chunk : head.read(chunk)).toString('latin1');
        }
        assert.equal(given, forwarded);
        assert.equal(head.version, version);
      }),
      { numRuns: 50 },
    );
  });
}

test('a head as it should be goes on as it is, without a copy', () => {
  const chunk = Buffer.from(`${plain}body`);
  const head = new ResponseHead();
  assert.equal(head.read(chunk), chunk);
  assert.equal(head.done, true);
});

test('a head that has not ended is forwarded but for its last line', () => {
  const head = new ResponseHead();
  assert.equal(head.read(Buffer.from('HTTP/1.1 200 OK\r\nA: b\r\nC')).toString(), 'HTTP/1.1 200 OK\r\nA: b');
  assert.equal(head.done, false);
});

test('a line without an end is not kept for ever', () => {
  for (const beginning of ['HTTP/1.1 200 ', 'HTTP/1.1 200 OK\r\nA: ', 'HTTP/1.1 100 Continue\r\nA: ']) {
    const head = new ResponseHead();
    const piece = Buffer.alloc(64 * 1024, 'x');
    head.read(Buffer.from(beginning));
    let given = 0;
    for (let sent = 0; sent <= maxHeaderSize; sent += piece.length) given += head.read(piece).length;
    assert.equal(head.done, true);
    assert.ok(given > maxHeaderSize, 'the parser gets to see it, and refuses it');
  }
});
