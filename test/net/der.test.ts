import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { derChildren, derContent, type DerElement, derString, oidText, readDer } from '../../src/net/der.ts';
import { valid } from '../support/identities.ts';
import * as der from '../support/der.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

test('an element gives its tag and where its content lies', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    const content = Buffer.alloc(length, 7);
    const encoded = der.tlv(0x04, content);
    const element = readDer(encoded, 0);
    assert.equal(element.tag, 0x04);
    assert.equal(element.end, encoded.length);
    assert.deepEqual(Buffer.from(derContent(encoded, element)), content);
  }
});

test('an element may stand behind others', () => {
  const encoded = Buffer.concat([der.boolean(true), der.octetString(Buffer.from('abc'))]);
  const element = readDer(encoded, 3);
  assert.deepEqual(element, { tag: 0x04, start: 3, contentStart: 5, end: 8 });
});

test('the children of an element come in their order', () => {
  const encoded = der.sequence(der.boolean(false), der.sequence(), der.octetString(Buffer.from('x')));
  const tags = derChildren(encoded, readDer(encoded, 0)).map(({ tag }) => tag);
  assert.deepEqual(tags, [0x01, 0x30, 0x04]);
});

const broken: readonly (readonly [name: string, hex: string])[] = [
  ['nothing at all', ''],
  ['a tag alone', '30'],
  ['a length that has no bytes', '3082'],
  ['a length cut off', '308201'],
  ['content cut off', '300301'],
  ['an indefinite length', '3080010100'],
  ['a length of five bytes', '30850000000001ff'],
  ['a length beyond all data', '3084ffffffff00'],
];

for (const [name, hex] of broken) {
  test(`${name} is refused`, () => {
    assert.throws(() => readDer(Buffer.from(hex, 'hex'), 0), RangeError);
  });
}

test('a child that ends behind its parent is refused', () => {
  const encoded = Buffer.from('3003040500aabbccdd', 'hex');
  assert.throws(() => derChildren(encoded, readDer(encoded, 0)), RangeError);
});

test('an object identifier is written with dots, whatever it is', () => {
  const arc = fc.integer({ min: 0, max: 2 ** 31 });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 39 }),
      fc.array(arc),
      (first, second, rest) => {
        const dotted = [first, second, ...rest].join('.');
        const encoded = der.objectIdentifier(dotted);
        assert.equal(oidText(derContent(encoded, readDer(encoded, 0))), dotted);
      },
    ),
  );
});

test('the second arc below 2 may be more than 39', () => {
  assert.equal(oidText(Buffer.from('8837', 'hex')), '2.999');
});

const strings: readonly (readonly [name: string, tag: number, hex: string, text: string | undefined])[] = [
  ['UTF8String', 0x0c, Buffer.from('Grüße').toString('hex'), 'Grüße'],
  ['PrintableString', 0x13, '4142', 'AB'],
  ['IA5String', 0x16, '6140622e', 'a@b.'],
  ['NumericString', 0x12, '3132', '12'],
  ['TeletexString', 0x14, 'fc', 'ü'],
  ['BMPString', 0x1e, '00fc20ac', 'ü€'],
  ['BMPString of an odd length', 0x1e, '00fc20', undefined],
  ['OCTET STRING, which is no text', 0x04, '41', undefined],
];

for (const [name, tag, hex, text] of strings) {
  test(`the text of a ${name}`, () => {
    const encoded = der.tlv(tag, Buffer.from(hex, 'hex'));
    assert.equal(derString(encoded, readDer(encoded, 0)), text);
    assert.equal(encoded.subarray(2).toString('hex'), hex, 'the bytes themselves stay as they are');
  });
}

test('any bytes are read, or refused with RangeError', () => {
  fc.assert(
    fc.property(bytes, fc.nat(400), (data, offset) => onlyRangeErrors(() => walk(data, readDer(data, offset)))),
  );
});

test('a certificate cut off or changed anywhere is read, or refused with RangeError', () => {
  const { der: certificate } = valid();
  for (let length = 0; length < certificate.length; length++) {
    const cut = certificate.subarray(0, length);
    assert.throws(() => walk(cut, readDer(cut, 0)), RangeError);
  }
  fc.assert(
    fc.property(fc.nat(certificate.length - 1), fc.nat(255), (index, byte) => {
      const changed = Buffer.from(certificate);
      changed[index] = byte;
      onlyRangeErrors(() => walk(changed, readDer(changed, 0)));
    }),
    { numRuns: 500 },
  );
});

function walk(data: Uint8Array, element: DerElement): void {
  assert.ok(element.contentStart <= element.end && element.end <= data.length);
  derString(data, element);
  oidText(derContent(data, element));
  if (element.tag & 0x20) for (const child of derChildren(data, element)) walk(data, child);
}

function onlyRangeErrors(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}
