import assert from 'node:assert/strict';
import { test } from 'node:test';
import dnsPacket from 'dns-packet';
import * as fc from 'fast-check';
import { classes, types } from '../../../src/probers/dns/codes.ts';
import { encodeName, makeQuery } from '../../../src/probers/dns/query.ts';
import { names } from './messages.ts';

const encoded: readonly (readonly [string, Buffer])[] = [
  ['.', names('')],
  ['test', names('test')],
  ['a.b.test.', names('a.b.test')],
  [String.raw`a\.b.test`, Buffer.concat([Buffer.from('\u0003a.b\u0004test\0')])],
  [String.raw`\097\032\\.test`, Buffer.concat([Buffer.from('\u0003a \\\u0004test\0')])],
  [String.raw`test\.`, Buffer.from('\u0005test.\0')],
  [String.raw`\1\12`, Buffer.from('\u0003112\0')],
  ['gr\u00fcn', Buffer.from('\u0005gr\u00fcn\0')],
];

for (const [text, bytes] of encoded) {
  test(`encodes the name ${text}`, () => assert.deepEqual(encodeName(text), bytes));
}

const refused: readonly (readonly [string, RegExp])[] = [
  ['', /empty label/],
  ['..', /empty label/],
  ['.test', /empty label/],
  ['a..test', /empty label/],
  ['a'.repeat(64), /more than 63 bytes/],
  [Array.from({ length: 5 }, () => 'a'.repeat(50)).join('.'), /more than 255 bytes/],
  ['test\\', /ends in a backslash/],
  [String.raw`\256`, /is no byte/],
];

for (const [text, says] of refused) {
  test(`refuses the name ${JSON.stringify(text.slice(0, 20))}`, () => {
    assert.throws(
      () => encodeName(text),
      (error) => error instanceof SyntaxError && says.test(error.message),
    );
  });
}

test('a query is what dns-packet encodes', () => {
  const word = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
  const type = fc.constantFrom('A', 'AAAA', 'MX', 'SOA', 'TXT', 'CAA', 'ANY', 'SRV');
  const code = fc.constantFrom('IN', 'CH', 'HS', 'ANY');
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 8 }),
      type,
      code,
      fc.nat(0xffff),
      fc.boolean(),
      (labels, type, code, id, recursion) => {
        const name = labels.join('.') || '.';
        const query = makeQuery({ name, type: types[type], class: classes[code], recursionDesired: recursion });
        const theirs = dnsPacket.encode({
          type: 'query',
          id,
          flags: recursion ? dnsPacket.RECURSION_DESIRED : 0,
          questions: [{ name, type: type as 'A', class: code }],
        });
        assert.deepEqual(query.withId(id), Buffer.from(theirs));
      },
    ),
  );
});

test('each message of a query is its own', () => {
  const query = makeQuery({ name: 'test', type: 1, class: 1, recursionDesired: false });
  const first = query.withId(1);
  query.withId(2);
  assert.equal(first.readUInt16BE(0), 1);
});
