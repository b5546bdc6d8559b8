import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeResponse, encodeRequest } from '../../../src/probers/grpc/health.ts';

const requests: readonly (readonly [string, string])[] = [
  ['', ''],
  ['a', '0a0161'],
  ['my.svc', '0a066d792e737663'],
  ['gr\u00fc\u00df', '0a066772c3bcc39f'],
  ['x'.repeat(127), `0a7f${'78'.repeat(127)}`],
  ['x'.repeat(128), `0a8001${'78'.repeat(128)}`],
];

for (const [service, hex] of requests) {
  test(`a request for ${service.length} letters is ${hex.slice(0, 20) || 'empty'}`, () => {
    assert.equal(encodeRequest(service).toString('hex'), hex);
  });
}

const responses: readonly (readonly [string, string, number])[] = [
  ['nothing, which is the default', '', 0],
  ['SERVING', '0801', 1],
  ['SERVICE_UNKNOWN', '0803', 3],
  ['a number without a name', '0807', 7],
  ['a number in more bytes than needed', '08818000', 1],
  ['a negative number', '08ffffffffffffffffff01', -1],
  ['a number of 64 bits, whose lower half counts', '08818080808001', 1],
  ['two numbers, the last of which counts', '08020801', 1],
  ['a text in place of the number', '0a0101', 0],
  ['other fields around it', '120141 0801 1d00000000 190000000000000000 2005', 1],
  ['a group', '13 0802 1b 08ff01 1c 14 0801', 1],
];

for (const [name, hex, status] of responses) {
  test(`a response is read: ${name}`, () => {
    assert.equal(decodeResponse(Buffer.from(hex.replaceAll(' ', ''), 'hex')), status);
  });
}

const malformed: readonly (readonly [string, string])[] = [
  ['a number that does not come', '08'],
  ['a number that does not end', '0880'],
  ['a number of eleven bytes', '08ffffffffffffffffffff01'],
  ['a number of 65 bits', '08ffffffffffffffffff02'],
  ['the field number 0', '0001'],
  ['a field number that is too large', '808080801001'],
  ['wire type 6', '0e01'],
  ['wire type 7', '0f01'],
  ['the end of a group that has not begun', '0c'],
  ['a group that does not end', '0b0801'],
  ['a group that ends as another', '0b14'],
  ['groups in groups without end', '0b'.repeat(200)],
  ['a text longer than the message', '120541'],
  ['a text of nearly 2^64 bytes', '12ffffffffffffffffff01'],
  ['eight bytes that are seven', '1900000000000000'],
  ['four bytes that are three', '1d000000'],
];

for (const [name, hex] of malformed) {
  test(`a response is refused: ${name}`, () => {
    assert.throws(() => decodeResponse(Buffer.from(hex, 'hex')), RangeError);
  });
}

test('any status is read between any fields that are unknown', () => {
  const unknown = fc.oneof(
    fc.bigInt(0n, 2n ** 64n - 1n).map((value) => [0x10, ...varint(value)]),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => [0x1a, ...varint(BigInt(bytes.length)), ...bytes]),
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => [0x21, ...bytes]),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => [0x2d, ...bytes]),
  );
  const fields = fc.array(unknown).map((each) => each.flat());
  fc.assert(
    fc.property(fc.integer(), fields, fields, (status, before, after) => {
      const value = [0x08, ...varint(BigInt.asUintN(64, BigInt(status)))];
      assert.equal(decodeResponse(Buffer.from([...before, ...value, ...after])), status);
    }),
  );
});

test('whatever comes, it is a status or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        assert.ok(Number.isInteger(decodeResponse(bytes)));
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

function varint(value: bigint): number[] {
  return value < 0x80n ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...varint(value >> 7n)];
}
