import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ProbeFailure } from '../../../src/net/failure.ts';
import { Messages } from '../../../src/probers/websocket/messages.ts';

const mustNotAbort = new AbortController().signal;

/** A stream on which these chunks come, and then the end; what is written to it is kept. */
function streamOf(chunks: readonly Uint8Array[]): { readonly stream: Duplex; readonly written: Buffer[] } {
  const written: Buffer[] = [];
  const left = [...chunks];
  const stream = new Duplex({
    read() {
      this.push(left.shift() ?? null);
    },
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk);
      done();
    },
  });
  return { stream, written };
}

/** A frame as a server sends it. */
function frame(first: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : 4);
  header.writeUInt8(first, 0);
  header.writeUInt8(length < 126 ? length : 126, 1);
  if (length >= 126) header.writeUInt16BE(length, 2);
  return Buffer.concat([header, payload]);
}

/** Cuts bytes into chunks of these lengths, and the rest. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (const length of lengths) {
    chunks.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return [...chunks, rest].filter((chunk) => chunk.length > 0);
}

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

test('messages are read from any frames in any chunks, with pings between them', async () => {
  const piece = fc.record({ payload: bytes(300), ping: fc.option(bytes(125), { nil: undefined }) });
  const message = fc.array(piece, { minLength: 1, maxLength: 5 });
  const chunks = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 4 }), chunks, async (sent, lengths) => {
      const frames = sent.flatMap((pieces) =>
        pieces.flatMap(({ payload, ping }, index) => [
          ...(ping === undefined ? [] : [frame(0x89, ping)]),
          frame((index === pieces.length - 1 ? 0x80 : 0) | (index === 0 ? 0x02 : 0), payload),
        ]),
      );
      const { stream, written } = streamOf(cut(Buffer.concat(frames), lengths));
      const messages = new Messages(stream, mustNotAbort);
      for (const pieces of sent) {
        assert.deepEqual(await messages.next(), Buffer.concat(pieces.map(({ payload }) => payload)));
      }
      await assert.rejects(messages.next(), (error) => error instanceof ProbeFailure && error.reason === 'closed');
      assert.equal(written.length, sent.flat().filter(({ ping }) => ping !== undefined).length);
    }),
  );
});

test('whatever comes ends in messages or a failure', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 })), async (chunks) => {
      const messages = new Messages(streamOf(chunks).stream, mustNotAbort);
      const readAll = async (): Promise<void> => {
        for (;;) await messages.next();
      };
      await assert.rejects(readAll(), ProbeFailure);
    }),
    { numRuns: 500 },
  );
});

test('a message of too many frames is refused, though they are empty', async () => {
  const empty = frame(0x00, Buffer.alloc(0));
  const frames = [frame(0x01, Buffer.alloc(0)), ...Array.from({ length: 5000 }, () => empty)];
  const messages = new Messages(streamOf([Buffer.concat(frames)]).stream, mustNotAbort);
  await assert.rejects(messages.next(), (error) => error instanceof ProbeFailure && error.reason === 'too_large');
});
