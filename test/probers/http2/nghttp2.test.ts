import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http2';
import { test } from 'node:test';
import type { Field } from '../../../src/probers/http2/field.ts';
import { HeaderDecoder } from '../../../src/probers/http2/header-decoder.ts';
import { encodeHeaders } from '../../../src/probers/http2/header-encoder.ts';
import { staticTable } from '../../../src/probers/http2/static-table.ts';
import { receiveBlocks, sendBlocks } from './blocks.ts';

const limits = { maxSize: 1024 * 1024, maxFields: 1000 };
const request: readonly Field[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', 'localhost'],
  [':path', '/'],
];
const date = 'Mon, 21 Oct 2013 20:13:21 GMT';

/** The fields that a server sends for `headers`: one for every value. */
function fieldsOf(headers: OutgoingHttpHeaders): Field[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one): Field => [name, String(one)]));
}

/** Every byte that a value may have, each behind so many short codes that the whole is shorter by the Huffman code. */
const everyByte = Object.fromEntries(
  Array.from({ length: 255 }, (_, index) => [`x-${index + 1}`, `${'e'.repeat(80)}${String.fromCharCode(index + 1)}`]),
);

const manyChanging = Array.from({ length: 200 }, (_, index) => ({
  ':status': 200 + (index % 3),
  date,
  'cache-control': `max-age=${index % 5}`,
  [`x-${index % 11}`]: 'x'.repeat(index % 13),
  etag: `"${index}"`,
}));

const sent: readonly (readonly [name: string, answers: readonly OutgoingHttpHeaders[]])[] = [
  ['an ordinary response', [{ ':status': 200, date, 'content-type': 'text/html; charset=utf-8', server: 'a' }]],
  [
    'statuses in and out of the table',
    [200, 204, 206, 304, 400, 404, 418, 500, 599].map((status) => ({ ':status': status, date })),
  ],
  ['repeated fields', [{ ':status': 200, date, 'set-cookie': ['a=1', 'b=2', 'a=1'], 'x-a': ['', 'b', ''] }]],
  ['empty and odd values', [{ ':status': 200, date, 'x-a': '', 'x-b': ' \t ', 'x-c': '\xe9\xff"\\' }]],
  ['values longer than a frame', [{ ':status': 200, date, 'x-a': 'ab'.repeat(10_000), 'x-b': '~'.repeat(20_000) }]],
  ['every byte', [{ ':status': 200, date, ...everyByte }]],
  ['the same response again and again', Array.from({ length: 5 }, () => ({ ':status': 302, date, location: '/a' }))],
  ['many responses that change', manyChanging],
];

for (const tableSize of [undefined, 256, 0]) {
  for (const [name, answers] of sent) {
    test(`What nghttp2 sends is decoded: ${name}, tables of ${tableSize ?? 'the default'} bytes`, async (t) => {
      const decoder = new HeaderDecoder(limits);
      const blocks = await receiveBlocks(t, answers, encodeHeaders(request), tableSize);
      const decoded = blocks.map((block) => decoder.decode(block));
      assert.deepEqual(decoded, answers.map(fieldsOf));
    });
  }
}

const secrets = ['authorization', 'cookie', 'proxy-authorization'];

/** Of the static table, what a request may have with any value. */
const ordinary = staticTable
  .map(([name]) => name)
  .filter((name) => !/^:|^content-length$|^transfer-encoding$/.test(name));

const encoded: readonly (readonly [name: string, fields: readonly Field[], sensitive?: readonly string[]])[] = [
  ['no field more', []],
  [
    'fields of the static table, and others of their names',
    [
      ['accept-encoding', 'gzip, deflate'],
      ['accept-charset', ''],
      ['content-length', '0'],
      ...ordinary.map((name): Field => [name, 'a']),
    ],
    secrets,
  ],
  [
    'other fields',
    [
      ['x-a', ''],
      ['x-b', 'a\tb \xe9\xff'],
      ['x-a', 'again'],
    ],
  ],
  ['secrets', secrets.map((name): Field => [name, `a secret of ${name}`]), secrets],
  [
    'strings of every length about those whose integers get longer',
    [126, 127, 128, 254, 255, 256, 16_510, 16_511].map((length): Field => [`x${length}`, 'v'.repeat(length)]),
  ],
  ['a long name', [['n'.repeat(300), 'a']]],
];

test('nghttp2 reads what is encoded', async (t) => {
  const requests = encoded.map(([, fields]) => [...request, ...fields]);
  const read = await sendBlocks(t, requests.map(encodeHeaders));
  for (const [index, [name, , sensitive = []]] of encoded.entries())
    assert.deepEqual(read[index], { fields: requests[index], sensitive }, name);
  assert.equal(read.length, encoded.length);
});
