import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Field } from '../../../src/probers/http2/field.ts';
import { HeaderDecoder } from '../../../src/probers/http2/header-decoder.ts';
import { encodeHeaders } from '../../../src/probers/http2/header-encoder.ts';
import { staticTable } from '../../../src/probers/http2/static-table.ts';

for (const [name, fields, hex] of [
  ['no field', [], ''],
  [
    'what the static table has',
    [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/'],
    ],
    '828784',
  ],
  ['a name of the static table', [[':path', '/sample/path']], '040c2f73616d706c652f70617468'],
  ['a name of the static table with an index of two bytes', [['user-agent', 'a']], '0f2b0161'],
  ['an empty value of the static table', [['accept', '']], '93'],
  ['another name', [['x-é', 'ÿ']], '0003782de901ff'],
  ['a secret', [['cookie', 'a']], '1f110161'],
  ['a secret without a value', [['authorization', '']], '1f0800'],
] as const satisfies readonly (readonly [string, readonly Field[], string])[]) {
  test(`Encoded is ${name}`, () => assert.equal(encodeHeaders(fields).toString('hex'), hex));
}

test('A field is encoded whatever its length', () => {
  for (const length of [0, 1, 126, 127, 254, 255, 16_510, 16_511, 2 ** 21 + 126, 2 ** 21 + 127]) {
    const fields: Field[] = [['n'.repeat(length), 'v'.repeat(length)]];
    const decoder = new HeaderDecoder({ maxSize: Infinity, maxFields: 1 });
    assert.deepEqual(decoder.decode(encodeHeaders(fields)), fields);
  }
});

const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((values) => Buffer.from(values).toString('latin1'));
const names = fc.oneof(
  fc.constantFrom(...staticTable).map(([name]) => name),
  bytes(20),
);
const anyField = fc.oneof(fc.constantFrom(...staticTable), fc.tuple(names, fc.oneof(bytes(20), bytes(1000))));

test('What is encoded is decoded again', () => {
  fc.assert(
    fc.property(fc.array(anyField), (fields) => {
      const decoder = new HeaderDecoder({ maxSize: Infinity, maxFields: Infinity });
      assert.deepEqual(decoder.decode(encodeHeaders(fields)), fields);
    }),
  );
});
