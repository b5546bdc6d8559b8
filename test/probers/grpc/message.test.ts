import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { frameMessage, MessageReader } from '../../../src/probers/grpc/message.ts';
import { GrpcFailure } from '../../../src/probers/grpc/status.ts';

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

test('a message is framed by a flag and its length', () => {
  assert.equal(frameMessage(Buffer.from('0801', 'hex')).toString('hex'), '00000000020801');
});

test('a message is read from any pieces', () => {
  fc.assert(
    fc.property(bytes(1000), fc.array(fc.integer({ min: 1, max: 300 })), (message, sizes) => {
      const reader = new MessageReader();
      let rest = frameMessage(message);
      for (const size of sizes) {
        reader.push(rest.subarray(0, size));
        rest = rest.subarray(size);
      }
      reader.push(rest);
      assert.deepEqual(reader.finish(), message);
    }),
  );
});

test('whatever comes, it is a message or a failure', () => {
  fc.assert(
    fc.property(fc.array(bytes(20)), (chunks) => {
      const reader = new MessageReader();
      try {
        for (const chunk of chunks) reader.push(chunk);
        assert.ok(reader.finish().length <= 400);
      } catch (error) {
        assert.ok(error instanceof GrpcFailure, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

const refused: readonly (readonly [string, string, string])[] = [
  ['nothing', '', 'bad_response'],
  ['a prefix that is cut off', '00000000', 'bad_response'],
  ['a message that is cut off', '000000000208', 'bad_response'],
  ['two messages', '00000000020801 00000000020801', 'bad_response'],
  ['a compressed message', '01000000020801', 'bad_response'],
  ['an unknown flag', '80000000020801', 'bad_response'],
  ['a length of 4 GiB', '00ffffffff', 'too_large'],
];

for (const [name, hex, reason] of refused) {
  test(`${name} is refused as ${reason}`, () => {
    const read = (): void => {
      const reader = new MessageReader();
      reader.push(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
      reader.finish();
    };
    assert.throws(read, (error) => error instanceof GrpcFailure && error.reason === reason);
  });
}
