import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Field } from '../../../src/probers/http2/field.ts';
import { HeaderDecoder } from '../../../src/probers/http2/header-decoder.ts';

function newDecoder({ maxSize = 1024 * 1024, maxFields = 100 } = {}): HeaderDecoder {
  return new HeaderDecoder({ maxSize, maxFields });
}

function decode(...blocks: readonly string[]): Field[] {
  const decoder = newDecoder();
  return blocks.flatMap((block) => decoder.decode(Buffer.from(block, 'hex')));
}

/** The name `a` and a value of `length` characters, which is added to the dynamic table; 127 and more. */
function added(length: number): string {
  const rest = length - 127;
  const bytes = [0x40, 1, 0x61, 0x7f, 0x80 | (rest & 0x7f), rest >> 7];
  return Buffer.concat([Buffer.from(bytes), Buffer.alloc(length, 'v')]).toString('hex');
}

const noIndex = /has the index/;
const early = /ends too early/;
const longInteger = /integer .* too long/;
const longString = /string is longer/;
const huffman = /Huffman/;

const refused: readonly (readonly [name: string, message: RegExp, ...blocks: readonly string[]])[] = [
  ['the index 0', noIndex, '80'],
  ['an index beyond both tables', noIndex, 'be'],
  ['an index far beyond both tables', noIndex, 'ffffffff7f'],
  ['an index that is no more in the table', noIndex, '4001610162', 'be', '20be'],
  ['the name of an index beyond both tables', noIndex, '7e0161'],
  ['the name of such an index, not to be indexed', noIndex, '0f2f0161'],
  ['the name of such an index, never to be indexed', noIndex, '1f2f0161'],
  ['an integer that ends too early', early, 'ff'],
  ['a longer integer that ends too early', early, 'ff8080'],
  ['no name', early, '40'],
  ['no value', early, '400161'],
  ['no value for the name of an index', early, '44'],
  ['an integer of more than 28 bits', longInteger, 'ff8080808001'],
  ['an integer of zeros without an end', longInteger, 'ff80808080808080808000'],
  ['a length of more than 28 bits', longInteger, '0001617fffffffffffffffff7f'],
  ['a name longer than what is left', longString, '00036161'],
  ['a value longer than what is left', longString, '0001610261'],
  ['a value of 2^28 bytes', longString, '0001617f81ffff7f61'],
  ['a Huffman-coded value longer than what is left', longString, '0001618218'],
  ['a Huffman-coded value with EOS', huffman, '00016184ffffffff'],
  ['a Huffman-coded name with padding of zeros', huffman, '0081180161'],
  ['a table larger than the default', /4097 bytes is larger/, '3fe21f'],
  ['a size update behind a field', /behind a header field/, '8220'],
];

for (const [name, message, ...blocks] of refused) {
  test(`A block with ${name} is refused`, () => {
    const decoder = newDecoder();
    for (const block of blocks.slice(0, -1)) decoder.decode(Buffer.from(block, 'hex'));
    assert.throws(() => decoder.decode(Buffer.from(blocks.at(-1) ?? '', 'hex')), { name: 'RangeError', message });
  });
}

test('A block without fields is decoded', () => {
  assert.deepEqual(decode('', '20', '203fe11f'), []);
});

test('An integer may have zeros at its end', () => {
  const value = 'v'.repeat(127);
  assert.deepEqual(decode(`0001617f808000${Buffer.from(value).toString('hex')}`), [['a', value]]);
});

test('Fields of the static table that nobody sends in the other tests are as in appendix A', () => {
  assert.deepEqual(decode('83', '90', '9c', 'b9', 'bd'), [
    [':method', 'POST'],
    ['accept-encoding', 'gzip, deflate'],
    ['content-length', ''],
    ['transfer-encoding', ''],
    ['www-authenticate', ''],
  ]);
});

test('Any Uint8Array is a block', () => {
  const bytes = Uint8Array.of(0x80, 0x82, 0x84, 0x80);
  assert.deepEqual(newDecoder().decode(bytes.subarray(1, 3)), [
    [':method', 'GET'],
    [':path', '/'],
  ]);
});

test('The dynamic table has 4,096 bytes', () => {
  assert.equal(decode(added(4096 - 33), 'be').length, 2);
  assert.throws(() => decode(added(4096 - 32), 'be'), noIndex);
});

test('A field that is too large for the dynamic table empties it', () => {
  assert.throws(() => decode('4001610162', added(5000), 'be'), noIndex);
});

test('A field is added under the name of one that it evicts', () => {
  const value = added(4063).slice(6);
  assert.deepEqual(
    decode(added(4063), `7e${value}`, 'be').map(([name]) => name),
    ['a', 'a', 'a'],
  );
});

test('A smaller dynamic table keeps the newest fields, and a larger one what it had', () => {
  const fields = decode('400161016240016301644001650166', '3f243fe11fbe');
  assert.deepEqual(fields.at(-1), ['e', 'f']);
  assert.throws(() => decode('400161016240016301644001650166', '3f243fe11fbf'), noIndex);
});

test('Fields count with 32 bytes each, up to the limit of size', () => {
  const block = Buffer.from('8284', 'hex');
  const size = ':methodGET:path/'.length + 64;
  assert.equal(newDecoder({ maxSize: size }).decode(block).length, 2);
  assert.throws(() => newDecoder({ maxSize: size - 1 }).decode(block), /more than 79 bytes/);
});

test('Fields are limited in number', () => {
  const block = Buffer.from('8284', 'hex');
  assert.equal(newDecoder({ maxFields: 2 }).decode(block).length, 2);
  assert.throws(() => newDecoder({ maxFields: 1 }).decode(block), /more than 1 header fields/);
});

test('The limits hold for every block alone', () => {
  const decoder = newDecoder({ maxFields: 2, maxSize: 100 });
  for (let count = 0; count < 3; count++) assert.equal(decoder.decode(Buffer.from('8284', 'hex')).length, 2);
});

test('Very many references to a large field end at the limit of size, not at the end of the block', () => {
  const references = Buffer.alloc(1_000_000, 0xbe);
  const block = Buffer.concat([Buffer.from(added(4000), 'hex'), references, Buffer.from([0x80])]);
  assert.throws(() => newDecoder({ maxFields: Infinity }).decode(block), /more than 1048576 bytes/);
});

/** Pieces of blocks, so that random ones go further. */
const pieces = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom('4001610162', '0001610162', 'be', 'bf', '82', '7e83640eff', '20', '3fe11f').map((hex) => {
    return Uint8Array.from(Buffer.from(hex, 'hex'));
  }),
);
const randomBlock = fc.array(pieces, { maxLength: 20 }).map((parts) => Buffer.concat(parts));

test('Whatever comes as blocks, nothing but RangeError is thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(randomBlock, fc.uint8Array()), { maxLength: 5 }), (blocks) => {
      const decoder = newDecoder();
      for (const block of blocks) {
        try {
          for (const [name, value] of decoder.decode(block)) assert.match(name + value, /^[\0-\xff]*$/);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }
    }),
    { numRuns: 500 },
  );
});
