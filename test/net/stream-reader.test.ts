import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ProbeFailure, Reason } from '../../src/net/failure.ts';
import { StreamReader } from '../../src/net/stream-reader.ts';

const never = new AbortController().signal;

/** A stream whose data the test pushes; null is its end. */
function source(...chunks: (string | Buffer | null)[]): Duplex {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  stream.on('error', () => {});
  for (const chunk of chunks) stream.push(chunk === null ? null : Buffer.from(chunk));
  return stream;
}

function readerOf(stream: Duplex, signal = never): StreamReader {
  return new StreamReader(stream, signal, 'dialogue');
}

async function lines(reader: StreamReader, limit = 100): Promise<string[]> {
  const read: string[] = [];
  for (let line = await reader.readLine(limit); line !== undefined; line = await reader.readLine(limit)) {
    read.push(line.toString());
  }
  return read;
}

const streams: readonly (readonly [text: string, lines: readonly string[]])[] = [
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\r\n', ['a']],
  ['a\r\nb\nc', ['a', 'b', 'c']],
  ['\n\r\n\n', ['', '', '']],
  ['a\rb\n', ['a\rb']],
  ['a\r\r\n', ['a\r']],
  ['a\r', ['a']],
];

for (const [text, expected] of streams) {
  test(`the lines of ${JSON.stringify(text)}, however it is cut into chunks`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length)), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), text.length];
        const chunks = edges.slice(1).map((end, index) => text.slice(edges[index], end));
        assert.deepEqual(await lines(readerOf(source(...chunks, null))), expected);
      }),
      { numRuns: 20 },
    );
  });
}

test('a line may be as long as the limit, and no longer', async () => {
  const reader = readerOf(source('12345\n123456\n'));
  assert.equal((await reader.readLine(5))?.toString(), '12345');
  await assert.rejects(reader.readLine(5), failing('too_large'));
});

test('a line without an end is given up as soon as it is too long', async () => {
  await assert.rejects(readerOf(source('123456')).readLine(5), failing('too_large'));
});

test('bytes behind a line wait for whoever asks next', async () => {
  const reader = readerOf(source('a\nbcdef', null));
  assert.equal((await reader.readLine(10))?.toString(), 'a');
  assert.equal((await reader.readBytes(2)).toString(), 'bc');
  assert.equal((await reader.readBytes(10)).toString(), 'def');
  assert.equal((await reader.readBytes(1)).length, 0);
  assert.equal(await reader.readLine(10), undefined);
});

test('bytes that come later are waited for', async () => {
  const stream = source('ab');
  const reader = readerOf(stream);
  const bytes = reader.readBytes(4);
  const line = bytes.then(() => reader.readLine(10));
  stream.push('cde');
  assert.equal((await bytes).toString(), 'abcd');
  stream.push('f\n');
  assert.equal((await line)?.toString(), 'ef');
});

test('a reader that is detached gives what is left, and leaves the rest to others', async () => {
  const stream = source('a\nrest');
  const reader = readerOf(stream);
  await reader.readLine(10);
  assert.equal(reader.detach().toString(), 'rest');
  assert.deepEqual(
    ['readable', 'end', 'close', 'error'].map((event) => stream.listenerCount(event)),
    [0, 0, 0, 1],
  );
  stream.push('more\n');
  assert.equal((await readerOf(stream).readLine(10))?.toString(), 'more');
});

test('an error of the stream is told once what came before it has been read', async () => {
  const stream = source('a\nb');
  const reader = readerOf(stream);
  assert.equal((await reader.readLine(10))?.toString(), 'a');
  const second = reader.readLine(10);
  stream.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  await assert.rejects(second, failing('reset'));
  await assert.rejects(reader.readBytes(5), failing('reset'));
});

test('a stream whose end turns out to be an error was not ended', async () => {
  const stream = new Duplex({ read() {}, destroy: (error, done) => void setImmediate(done, error) });
  stream.on('error', () => {});
  stream.prependListener('end', () =>
    stream.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })),
  );
  const reader = readerOf(stream);
  stream.push('a\nb');
  stream.push(null);
  assert.equal((await reader.readLine(10))?.toString(), 'a');
  await assert.rejects(reader.readLine(10), failing('reset'));
});

test('a stream that is destroyed has ended', async () => {
  const stream = source();
  const reader = readerOf(stream);
  const line = reader.readLine(10);
  stream.destroy();
  assert.equal(await line, undefined);
});

test('who waits for a line is woken when the probe is called off', async () => {
  const controller = new AbortController();
  const reader = readerOf(source('a'), controller.signal);
  const line = reader.readLine(10);
  controller.abort('cancelled');
  await assert.rejects(line, failing('cancelled'));
  await assert.rejects(reader.readBytes(5), failing('cancelled'));
});

test('a failure to read belongs to the phase of the reader', async () => {
  const reader = new StreamReader(source('abc'), AbortSignal.abort('timeout'), 'proxy');
  await assert.rejects(
    reader.readLine(1),
    ({ phase, reason }: ProbeFailure) => phase === 'proxy' && reason === 'timeout',
  );
});

function failing(reason: Reason): (failure: ProbeFailure) => boolean {
  return (failure) => {
    assert.deepEqual([failure.phase, failure.reason], ['dialogue', reason]);
    return true;
  };
}
