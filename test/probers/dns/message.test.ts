import assert from 'node:assert/strict';
import { test } from 'node:test';
import dnsPacket, { type Packet } from 'dns-packet';
import * as fc from 'fast-check';
import { classes, types } from '../../../src/probers/dns/codes.ts';
import { decodeMessage, misfit } from '../../../src/probers/dns/message.ts';
import { makeQuery } from '../../../src/probers/dns/query.ts';
import { recordText } from '../../../src/probers/dns/records.ts';
import { WireError } from '../../../src/probers/dns/wire.ts';
import { a, answerTo, flags, hex, names, owner, record, u16 } from './messages.ts';

const query = makeQuery({ name: owner, type: types.A, class: classes.IN, recursionDesired: true });
const sent = query.withId(7);
const answer = (options?: Parameters<typeof answerTo>[1]): Buffer => answerTo(sent, options);

function changed(offset: number, bytes: Buffer): Buffer {
  const message = answer();
  bytes.copy(message, offset);
  return message;
}

const fits: readonly (readonly [string, Buffer])[] = [
  ['the answer', answer({ answer: [a('192.0.2.1')] })],
  ['a refusal', answer({ rcode: 5 })],
  ['the question in other letters', changed(13, Buffer.from('EXAMPLE'))],
  ['a header alone', answer().subarray(0, 12)],
  ['an answer without a question', Buffer.concat([hex('0007 8000'), u16(0, 0, 0, 0)])],
];

for (const [what, bytes] of fits) {
  test(`${what} fits the query`, () => assert.equal(misfit(7, query.question, bytes), undefined));
}

const misfits: readonly (readonly [string, Buffer, RegExp])[] = [
  ['nothing', Buffer.alloc(0), /shorter than a header/],
  ['half a header', answer().subarray(0, 11), /shorter than a header/],
  ['another id', changed(0, u16(8)), /id is 8 instead of 7/],
  ['the query itself', sent, /no response/],
  ['the answer to an update', changed(2, hex('a8')), /answers no query/],
  ['another name', changed(13, Buffer.from('exbmple')), /another question/],
  ['another type', changed(answer().length - 4, u16(2)), /another question/],
  ['another class', changed(answer().length - 2, u16(3)), /another question/],
  ['half a question', answer().subarray(0, 20), /ends too early/],
  ['a question in a loop', changed(12, hex('c00c')), /loop/],
];

for (const [what, bytes, says] of misfits) {
  test(`${what} does not fit the query`, () => assert.match(misfit(7, query.question, bytes) ?? '', says));
}

test('records are read section by section', () => {
  const message = decodeMessage(
    answer({
      flags: flags.truncated,
      rcode: 3,
      answer: [a('192.0.2.1'), a('192.0.2.2')],
      authority: [record('NS', names('ns.test'))],
      additional: [a('192.0.2.3', { name: 'ns.test' })],
    }),
  );
  const { rcode, truncated, answer: answers, authority, additional } = message;
  assert.deepEqual({ rcode, truncated }, { rcode: 3, truncated: true });
  assert.deepEqual(answers.map(recordText), [
    'example.test.\t300\tIN\tA\t192.0.2.1',
    'example.test.\t300\tIN\tA\t192.0.2.2',
  ]);
  assert.deepEqual(authority.map(recordText), ['example.test.\t300\tIN\tNS\tns.test.']);
  assert.deepEqual(additional.map(recordText), ['ns.test.\t300\tIN\tA\t192.0.2.3']);
});

test('OPT adds the upper bits of the response code', () => {
  const opt = record('OPT', Buffer.alloc(0), { name: '', class: 1232, ttl: 0xff00_0000 });
  assert.equal(decodeMessage(answer({ rcode: 7, additional: [opt] })).rcode, 0xff7);
  assert.equal(decodeMessage(answer({ rcode: 7, answer: [opt] })).rcode, 7);
});

test('a message may end between two records, but not within one', () => {
  const whole = answer({ answer: [a('192.0.2.1'), a('192.0.2.2')], additional: [a('192.0.2.3')] });
  const length = a('192.0.2.1').length;
  assert.equal(decodeMessage(whole.subarray(0, -length)).additional.length, 0);
  assert.equal(decodeMessage(whole.subarray(0, -2 * length)).answer.length, 1);
  assert.throws(() => decodeMessage(whole.subarray(0, -1)), WireError);
  assert.throws(() => decodeMessage(whole.subarray(0, 1 - length)), WireError);
});

test('a signature is refused: there is no key to verify it', () => {
  const signature = record('TSIG', Buffer.alloc(0), { class: 255, ttl: 0 });
  assert.throws(() => decodeMessage(answer({ additional: [signature] })), /TSIG/);
});

test('names that compression makes of little are read, but not without end', () => {
  const long = Buffer.concat([...Array.from({ length: 127 }, () => hex('01c8')), hex('00')]);
  const pointers = (count: number): Buffer => {
    const start = hex('0000 0000');
    const first = sent.length + names(owner).length + 10 + start.length;
    const data = Buffer.concat([start, long, ...Array.from({ length: count }, () => u16(0xc000 + first))]);
    return answer({ answer: [record('HIP', data)] });
  };
  assert.equal(decodeMessage(pointers(1000)).answer[0]?.data.length, 1004);
  assert.throws(() => decodeMessage(pointers(30_000)), /more than 262144 labels/);
});

/** Throws what is no WireError. */
function tolerate(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

test('any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const message = Buffer.from(bytes);
      misfit(7, query.question, message);
      tolerate(() => decodeMessage(message));
    }),
    { numRuns: 2000 },
  );
});

test('an answer with some bytes changed is read or refused', () => {
  const whole = answer({
    answer: [a('192.0.2.1', { name: hex('c00c') }), record('MX', Buffer.concat([u16(1), hex('c00c')]))],
    authority: [record('NSEC', Buffer.concat([names('b.test'), hex('0006 400000000003')]))],
    additional: [record('OPT', hex('000a 0002 0102'), { name: '', class: 1232, ttl: 0 })],
  });
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(whole.length), (changes, length) => {
      const message = Buffer.from(whole);
      for (const [offset, value] of changes) message[offset] = value;
      misfit(7, query.question, message.subarray(0, length));
      tolerate(() => decodeMessage(message));
      tolerate(() => decodeMessage(message.subarray(0, length)));
    }),
    { numRuns: 5000 },
  );
});

test('what dns-packet encodes is read as it was meant', () => {
  const word = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
  const name = fc.array(word, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
  const ttl = fc.nat(0xffff_ffff);
  const answers = fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('A' as const), name, ttl, data: fc.ipV4() }),
      fc.record({ type: fc.constant('CNAME' as const), name, ttl, data: name }),
      fc.record({ type: fc.constant('TXT' as const), name, ttl, data: fc.array(word, { minLength: 1, maxLength: 3 }) }),
      fc.record({
        type: fc.constant('MX' as const),
        name,
        ttl,
        data: fc.record({ preference: fc.nat(65535), exchange: name }),
      }),
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(answers, (records) => {
      const packet: Packet = {
        type: 'response',
        id: 7,
        questions: [{ type: 'A', name: owner }],
        answers: records,
      };
      const bytes = Buffer.from(dnsPacket.encode(packet));
      assert.equal(misfit(7, query.question, bytes), undefined);
      const expected = records.map(({ type, name, ttl, data }) => {
        if (typeof data === 'string') return `${name}.\t${ttl}\tIN\t${type}\t${data}${type === 'CNAME' ? '.' : ''}`;
        const shown = Array.isArray(data)
          ? data.map((text) => `"${text}"`).join(' ')
          : `${data.preference} ${data.exchange}.`;
        return `${name}.\t${ttl}\tIN\t${type}\t${shown}`;
      });
      assert.deepEqual(decodeMessage(bytes).answer.map(recordText), expected);
    }),
  );
});
