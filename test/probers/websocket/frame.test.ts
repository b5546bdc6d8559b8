import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ProbeFailure } from '../../../src/net/failure.ts';
import { encodeFrame, opcodes, readHeader, restOfHeader } from '../../../src/probers/websocket/frame.ts';

const mask = Buffer.from('37fa213d', 'hex');

/** The examples of RFC 6455, section 5.7, that a client sends. */
test('a text is sent as in the example of RFC 6455', () => {
  const frame = encodeFrame(opcodes.text, Buffer.from('Hello'), mask);
  assert.equal(frame.toString('hex'), '818537fa213d7f9f4d5158');
});

for (const [length, header] of [
  [0, '8280'],
  [125, '82fd'],
  [126, '82fe007e'],
  [65_535, '82feffff'],
  [65_536, '82ff0000000000010000'],
] as const) {
  test(`a frame of ${length} bytes begins with ${header}`, () => {
    const frame = encodeFrame(opcodes.binary, Buffer.alloc(length), mask);
    assert.equal(frame.toString('hex', 0, header.length / 2), header);
    assert.equal(frame.length, header.length / 2 + 4 + length);
  });
}

test('what is sent can be read again', () => {
  const sizes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 65_500, maxLength: 65_600 }));
  fc.assert(
    fc.property(sizes, fc.uint8Array({ minLength: 4, maxLength: 4 }), (payload, key) => {
      const frame = encodeFrame(opcodes.text, Buffer.from(payload), Buffer.from(key));
      frame.writeUInt8(frame.readUInt8(1) & 0x7f, 1); // As a server would send it.
      const end = 2 + restOfHeader(frame);
      assert.deepEqual(readHeader(frame.subarray(0, end)), {
        final: true,
        opcode: opcodes.text,
        length: payload.length,
      });
      const masked = frame.subarray(end + 4).map((byte, index) => byte ^ (key[index % 4] ?? 0));
      assert.deepEqual(Buffer.from(masked), Buffer.from(payload));
    }),
  );
});

test('any header is read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (array) => {
      const bytes = Buffer.from(array);
      try {
        const { length } = readHeader(bytes.subarray(0, 2 + restOfHeader(bytes)));
        assert.ok(length >= 0 && Number.isFinite(length));
      } catch (error) {
        assert.ok(error instanceof ProbeFailure && error.reason === 'bad_response', String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

for (const [name, hex] of [
  ['a mask', '818537fa213d'],
  ['a bit of an extension', 'c100'],
  ['an unknown opcode', '8300'],
  ['an unknown control opcode', '8b00'],
  ['a ping in pieces', '0900'],
  ['a ping of 126 bytes', '897e007e'],
  ['a short length in two bytes', '817e007d'],
  ['a short length in eight bytes', '817f000000000000ffff'],
  ['a negative length', '817fffffffffffffffff'],
] as const) {
  test(`a frame is refused: ${name}`, () => {
    assert.throws(() => readHeader(Buffer.from(hex, 'hex')), ProbeFailure);
  });
}
