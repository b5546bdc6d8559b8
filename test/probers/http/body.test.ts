import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import fc from 'fast-check';
import type { ProbeFailure, Reason } from '../../../src/net/failure.ts';
import { Body, type BodyOptions, maxKeptBody } from '../../../src/probers/http/body.ts';

const never = new AbortController().signal;
const text = Buffer.from('a text that is worth to be compressed, compressed, compressed. '.repeat(20));

interface Received {
  readonly body: Body;
  readonly failure: ProbeFailure | undefined;
}

/** Takes chunks as an exchange would, as long as more are wanted. */
async function receive(options: Partial<BodyOptions>, chunks: readonly Buffer[], whole = true): Promise<Received> {
  const body = new Body({ compression: undefined, limit: undefined, keep: true, ...options });
  for (const chunk of chunks) {
    if (!body.wantsMore) break;
    await body.write(chunk);
  }
  return { body, failure: await body.end(whole, never) };
}

const encodings: readonly (readonly [name: string, compression: BodyOptions['compression'], encoded: Buffer])[] = [
  ['nothing', undefined, text],
  ['identity', 'identity', text],
  ['gzip', 'gzip', zlib.gzipSync(text)],
  ['gzip of two members', 'gzip', Buffer.concat([zlib.gzipSync(text.subarray(0, 9)), zlib.gzipSync(text.subarray(9))])],
  ['br', 'br', zlib.brotliCompressSync(text)],
  ['deflate with a zlib header', 'deflate', zlib.deflateSync(text)],
  ['deflate without one', 'deflate', zlib.deflateRawSync(text)],
];

for (const [name, compression, encoded] of encodings) {
  test(`a body compressed by ${name}, however it is cut into chunks`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(encoded.length), { maxLength: 5 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), encoded.length];
        const chunks = edges.slice(1).map((end, index) => encoded.subarray(edges[index], end));
        const { body, failure } = await receive(
          { compression },
          chunks.filter(({ length }) => length > 0),
        );
        assert.equal(failure, undefined);
        assert.equal(body.length, text.length);
        assert.deepEqual(body.bytes(), text);
      }),
      { numRuns: 20 },
    );
  });

  test(`a body compressed by ${name} may be as large as the limit, and no larger`, async () => {
    const exactly = await receive({ compression, limit: text.length }, [encoded]);
    assert.equal(exactly.failure, undefined);
    const over = await receive({ compression, limit: text.length - 1 }, [encoded]);
    assert.deepEqual([over.failure?.phase, over.failure?.reason], ['transfer', 'too_large']);
    assert.equal(over.body.length, text.length - 1);
    assert.equal(over.body.wantsMore, false);
  });
}

test('a body that no check looks at is counted, and not kept', async () => {
  const { body } = await receive({ keep: false }, [text, text]);
  assert.equal(body.length, 2 * text.length);
  assert.equal(body.bytes().length, 0);
});

test('the checksum of a body needs none of it kept', async () => {
  const { body } = await receive({ keep: false, checksum: true, compression: 'gzip' }, [zlib.gzipSync('123456789')]);
  assert.equal(body.checksum, 0xcbf43926);
  assert.equal(body.bytes().length, 0);
  assert.equal((await receive({}, [text])).body.checksum, undefined);
});

test('a body of several chunks is put together', async () => {
  const { body } = await receive({}, [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
  assert.equal(body.bytes().toString(), 'abc');
});

test('a little that unpacks to a lot is stopped at the limit', async () => {
  for (const [compression, bomb] of [
    ['gzip', zlib.gzipSync(Buffer.alloc(20_000_000))],
    ['br', zlib.brotliCompressSync(Buffer.alloc(20_000_000), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } })],
    ['deflate', zlib.deflateSync(Buffer.alloc(20_000_000))],
  ] as const) {
    const { body, failure } = await receive({ compression, limit: 10_000 }, [bomb]);
    assert.equal(failure?.reason, 'too_large', compression);
    assert.equal(body.length, 10_000);
    assert.equal(body.bytes().length, 10_000);
  }
});

test('a body for checks has a limit also where the module sets none', async () => {
  const megabyte = Buffer.alloc(1024 * 1024);
  const chunks = Array.from({ length: 65 }, () => megabyte);
  const { body, failure } = await receive({ keep: true }, chunks);
  assert.equal(failure?.reason, 'too_large');
  assert.equal(body.length, maxKeptBody);
  const counted = await receive({ keep: false }, chunks);
  assert.equal(counted.failure, undefined);
});

const broken: readonly (readonly [name: string, compression: BodyOptions['compression'], chunks: readonly Buffer[]])[] =
  [
    ['gzip of plain text', 'gzip', [text]],
    ['br of plain text', 'br', [text]],
    ['deflate of plain text', 'deflate', [text]],
    ['gzip cut off', 'gzip', [zlib.gzipSync(text).subarray(0, -1)]],
    ['br cut off', 'br', [zlib.brotliCompressSync(text).subarray(0, -1)]],
    ['deflate cut off', 'deflate', [zlib.deflateSync(text).subarray(0, -1)]],
    ['gzip with a wrong checksum', 'gzip', [changed(zlib.gzipSync(text), -5)]],
    ['gzip that goes wrong in its second chunk', 'gzip', [zlib.gzipSync(text).subarray(0, 20), Buffer.alloc(50, 0xff)]],
    ['gzip of nothing at all', 'gzip', []],
    ['br of nothing at all', 'br', []],
    ['deflate of nothing at all', 'deflate', []],
  ];

for (const [name, compression, chunks] of broken) {
  test(`${name} is broken`, async () => {
    const { failure, body } = await receive({ compression }, chunks);
    assert.deepEqual([failure?.phase, failure?.reason], ['transfer', 'compression' satisfies Reason]);
    if (chunks.length > 0) assert.equal(body.wantsMore, false);
  });
}

test('any bytes are decompressed, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1 }),
      fc.constantFrom('gzip', 'br', 'deflate'),
      async (bytes, compression) => {
        const { failure } = await receive({ compression }, [Buffer.from(bytes)]);
        assert.ok(failure === undefined || failure.reason === 'compression');
      },
    ),
  );
});

test('a body that broke off is no worse for its compression', async () => {
  const { failure, body } = await receive({ compression: 'gzip' }, [zlib.gzipSync(text).subarray(0, 30)], false);
  assert.equal(failure, undefined);
  assert.ok(body.length < text.length);
});

test('a probe that is called off does not wait for the decompressor', async () => {
  const controller = new AbortController();
  const body = new Body({ compression: 'gzip', limit: undefined, keep: false });
  await body.write(zlib.gzipSync(text).subarray(0, 30));
  controller.abort('timeout');
  const failure = await body.end(true, controller.signal);
  assert.deepEqual([failure?.phase, failure?.reason], ['transfer', 'timeout']);
});

function changed(bytes: Buffer, at: number): Buffer {
  bytes[bytes.length + at] = (bytes.at(at) ?? 0) ^ 0xff;
  return bytes;
}
