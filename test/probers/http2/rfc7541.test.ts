import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockReader } from '../../../src/probers/http2/block-reader.ts';
import type { Field } from '../../../src/probers/http2/field.ts';
import { HeaderDecoder } from '../../../src/probers/http2/header-decoder.ts';

/** The examples of RFC 7541, appendix C. */

for (const [section, hex, mask, value] of [
  ['C.1.1', 'ea', 0x1f, 10],
  ['C.1.2', 'ff9a0a', 0x1f, 1337],
  ['C.1.3', '2a', 0xff, 42],
] as const) {
  test(`Integers are read as in ${section}`, () => {
    const reader = new BlockReader(Buffer.from(hex, 'hex'));
    assert.equal(reader.integer(reader.byte(), mask), value);
    assert.ok(reader.ended);
  });
}

/** What a table of 256 bytes needs before the first block: there, SETTINGS_HEADER_TABLE_SIZE is that. */
const resize256 = '3fe101';

const get: Field = [':method', 'GET'];
const http: Field = [':scheme', 'http'];
const root: Field = [':path', '/'];
const authority: Field = [':authority', 'www.example.com'];
const requests: readonly (readonly Field[])[] = [
  [get, http, root, authority],
  [get, http, root, authority, ['cache-control', 'no-cache']],
  [get, [':scheme', 'https'], [':path', '/index.html'], authority, ['custom-key', 'custom-value']],
];

const isPrivate: Field = ['cache-control', 'private'];
const date: Field = ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'];
const location: Field = ['location', 'https://www.example.com'];
const responses: readonly (readonly Field[])[] = [
  [[':status', '302'], isPrivate, date, location],
  [[':status', '307'], isPrivate, date, location],
  [
    [':status', '200'],
    isPrivate,
    ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
    location,
    ['content-encoding', 'gzip'],
    ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
  ],
];

interface Example {
  readonly section: string;
  readonly blocks: readonly string[];
  readonly fields: readonly (readonly Field[])[];
}

const examples: readonly Example[] = [
  {
    section: 'C.2.1',
    blocks: ['400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', 'be'],
    fields: [[['custom-key', 'custom-header']], [['custom-key', 'custom-header']]],
  },
  { section: 'C.2.2', blocks: ['040c 2f73 616d 706c 652f 7061 7468'], fields: [[[':path', '/sample/path']]] },
  { section: 'C.2.3', blocks: ['1008 7061 7373 776f 7264 0673 6563 7265 74'], fields: [[['password', 'secret']]] },
  { section: 'C.2.4', blocks: ['82'], fields: [[get]] },
  {
    section: 'C.3',
    blocks: [
      '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '8286 84be 5808 6e6f 2d63 6163 6865',
      '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
    ],
    fields: requests,
  },
  {
    section: 'C.4',
    blocks: [
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ],
    fields: requests,
  },
  {
    section: 'C.5',
    blocks: [
      `${resize256}
       4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
       3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
      '4803 3330 37c1 c0bf',
      `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970
       7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61
       6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
    ],
    fields: responses,
  },
  {
    section: 'C.6',
    blocks: [
      `${resize256}
       4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
       1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
      '4883 640e ffc1 c0bf',
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2
       e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
    ],
    fields: responses,
  },
];

for (const { section, blocks, fields } of examples) {
  test(`Header blocks are decoded as in ${section}`, () => {
    const decoder = new HeaderDecoder({ maxSize: 4096, maxFields: 100 });
    const decoded = blocks.map((block) => decoder.decode(Buffer.from(block.replaceAll(/\s/g, ''), 'hex')));
    assert.deepEqual(decoded, fields);
  });
}

test('The oldest fields are evicted as in C.5', () => {
  const { blocks = [] } = examples.find(({ section }) => section === 'C.5') ?? {};
  const decoder = new HeaderDecoder({ maxSize: 4096, maxFields: 100 });
  for (const block of blocks) decoder.decode(Buffer.from(block.replaceAll(/\s/g, ''), 'hex'));
  const [, , , , encoding, cookie] = responses[2] ?? [];
  assert.deepEqual(decoder.decode(Buffer.from('bebfc0', 'hex')), [cookie, encoding, responses[2]?.[2]]);
  assert.throws(() => decoder.decode(Buffer.from('c1', 'hex')), RangeError);
});
