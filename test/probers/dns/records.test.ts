import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { types } from '../../../src/probers/dns/codes.ts';
import { decodeMessage } from '../../../src/probers/dns/message.ts';
import { makeQuery } from '../../../src/probers/dns/query.ts';
import { type DnsRecord, recordText, serialOf } from '../../../src/probers/dns/records.ts';
import { WireError } from '../../../src/probers/dns/wire.ts';
import { answerTo, hex, names, owner, record, strings, u16, u32 } from './messages.ts';
import { fullText, recordCases } from './record-table.ts';

const query = makeQuery({ name: owner, type: types.ANY, class: 1, recursionDesired: true }).withId(1);

function read(bytes: Buffer): DnsRecord {
  const [first] = decodeMessage(answerTo(query, { answer: [bytes] })).answer;
  assert.ok(first);
  return first;
}

for (const row of recordCases) {
  const shown = JSON.stringify(row.text.length > 80 ? `${row.text.slice(0, 80)}...` : row.text);
  test(`shows ${row.type} ${row.data.toString('hex', 0, 8)} as ${shown}`, () => {
    assert.equal(recordText(read(record(row.type, row.data, row.options))), fullText(row));
  });
}

test('every type that is known by name has its case', () => {
  const covered = new Set(recordCases.map(({ type }) => type));
  const unknown = new Set(['None', 'TSIG', 'IXFR', 'AXFR', 'MAILA', 'MAILB', 'Reserved']);
  const missing = Object.keys(types).filter((type) => !covered.has(type as keyof typeof types) && !unknown.has(type));
  assert.deepEqual(missing, []);
});

const malformed: readonly (readonly [string, Buffer])[] = [
  ['an address of 3 bytes', record('A', hex('7f0000'))],
  ['an address of 5 bytes', record('A', hex('7f00000101'))],
  ['data behind a name', record('NS', Buffer.concat([names('a'), hex('00')]))],
  ['a name beyond the data', record('NS', hex('0361'))],
  ['a text beyond the data', record('TXT', hex('0561'))],
  ['a number cut in two', record('MX', hex('00'))],
  ['data where there must be none', record('NXNAME', hex('00'))],
  ['types out of order', record('NSEC', Buffer.concat([names('a'), hex('0101 80 0001 80')]))],
  ['types without a bit', record('NSEC', Buffer.concat([names('a'), hex('0000')]))],
  ['types of more than 32 bytes', record('NSEC', Buffer.concat([names('a'), hex('0021'), Buffer.alloc(33)]))],
  [
    'service parameters out of order',
    record('SVCB', Buffer.concat([u16(1), names(''), hex('0003 0002 0050 0001 0000')])),
  ],
  ['the reserved service parameter', record('SVCB', Buffer.concat([u16(1), names(''), hex('ffff 0000')]))],
  ['a port of one byte', record('SVCB', Buffer.concat([u16(1), names(''), hex('0003 0001 50')]))],
  ['an address hint of no address', record('SVCB', Buffer.concat([u16(1), names(''), hex('0004 0000')]))],
  ['an address hint of three bytes', record('SVCB', Buffer.concat([u16(1), names(''), hex('0004 0003 010203')]))],
  ['a value of no-default-alpn', record('SVCB', Buffer.concat([u16(1), names(''), hex('0002 0001 00')]))],
  ['an address prefix of another family', record('APL', hex('0003 00 00'))],
  ['an address prefix that is too long', record('APL', hex('0001 21 00'))],
  ['an address prefix that ends in zeros', record('APL', hex('0001 10 02 c000'))],
  ['an option beyond the data', record('OPT', hex('0003 0005 61'))],
  ['an option of half a number', record('OPT', hex('000f 0001 00'))],
  ['a keep-alive of 3 bytes', record('OPT', hex('000b 0003 000102'))],
  ['a client subnet of another family', record('OPT', hex('0008 0004 0003 00 00'))],
  ['a client subnet that is too long', record('OPT', hex('0008 0004 0001 21 00'))],
];

for (const [what, bytes] of malformed) {
  test(`refuses ${what}`, () => assert.throws(() => read(bytes), WireError));
}

test('the serial is that of the last SOA', () => {
  const soa = (serial: number): DnsRecord =>
    read(record('SOA', Buffer.concat([names('a'), strings('b c'), hex('00'), u32(serial, 2, 3, 4, 5)])));
  assert.equal(serialOf([soa(7), soa(2 ** 32 - 1), read(record('A', hex('7f000001')))]), 2 ** 32 - 1);
  assert.equal(serialOf([]), undefined);
});

test('data of any type is shown or refused, whatever its bytes are', () => {
  const type = fc.oneof(fc.constantFrom(...Object.values(types)), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(type, fc.uint8Array({ maxLength: 80 }), (type, data) => {
      try {
        assert.equal(typeof recordText(read(record(type, Buffer.from(data)))), 'string');
      } catch (error) {
        assert.ok(error instanceof WireError, String(error));
      }
    }),
    { numRuns: 5000 },
  );
});
