import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encodeName } from '../../../src/probers/dns/query.ts';
import { WireError, WireReader } from '../../../src/probers/dns/wire.ts';
import { hex, names } from './messages.ts';

const label = (length: number): Buffer => Buffer.concat([Buffer.of(length), Buffer.alloc(length, 0x61)]);

test('a name follows pointers, and what comes after it is read next', () => {
  const reader = new WireReader(Buffer.concat([names('b.test'), hex('0161 c000 2a')]), 8);
  assert.equal(reader.name(), 'a.b.test.');
  assert.equal(reader.u8(), 42);
  assert.equal(reader.ended, true);
});

test('a pointer may lead forward', () => {
  assert.equal(new WireReader(hex('c004 0000 016100')).name(), 'a.');
});

test('a name may have 255 bytes and not more', () => {
  const longest = Buffer.concat([label(63), label(63), label(63), label(61), Buffer.of(0)]);
  assert.equal(new WireReader(longest).name().length, 254);
  const tooLong = Buffer.concat([label(63), label(63), label(63), label(62), Buffer.of(0)]);
  assert.throws(() => new WireReader(tooLong).name(), /longer than 255 bytes/);
});

const badNames: readonly (readonly [string, Buffer, RegExp])[] = [
  ['a pointer to itself', hex('c000'), /loop/],
  ['two pointers to each other', hex('c002 c000'), /loop/],
  ['a label that leads back to itself', hex('0161 c000'), /loop|longer/],
  ['a pointer beyond the end', hex('c0ff'), /ends too early/],
  ['half a pointer', hex('c0'), /ends too early/],
  ['a label beyond the end', hex('0561'), /ends too early/],
  ['no end', hex('0161'), /ends too early/],
  ['a label type of 01', hex('40'), /reserved/],
  ['a label type of 10', hex('80'), /reserved/],
];

for (const [what, bytes, says] of badNames) {
  test(`refuses a name that is ${what}`, () => {
    assert.throws(
      () => new WireReader(bytes).name(),
      (error) => error instanceof WireError && says.test(error.message),
    );
  });
}

test('reads no byte beyond the end that it was given', () => {
  const bytes = hex('01 02 03 04 05 06');
  const reader = new WireReader(bytes, 0, 3);
  assert.throws(() => reader.u32(), WireError);
  assert.equal(reader.u16(), 0x0102);
  assert.throws(() => reader.u16(), WireError);
  assert.throws(() => reader.within(2), WireError);
  assert.deepEqual(reader.rest(), hex('03'));
});

test('a reader within another ends where it was told, and the other goes on behind it', () => {
  const reader = new WireReader(hex('01 02 03 04'));
  const inner = reader.within(2);
  assert.deepEqual(inner.rest(), hex('01 02'));
  assert.deepEqual(reader.rest(), hex('03 04'));
});

test('every name is encoded to the bytes that it was read from', () => {
  const labels = fc.array(fc.uint8Array({ minLength: 1, maxLength: 15 }), { maxLength: 15 });
  fc.assert(
    fc.property(labels, (parts) => {
      const bytes = Buffer.concat([...parts.flatMap((part) => [Buffer.of(part.length), part]), Buffer.of(0)]);
      assert.deepEqual(encodeName(new WireReader(bytes).name()), bytes);
    }),
  );
});
