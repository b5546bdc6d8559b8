import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addressText, icmpErrorText } from '../../src/kernel/ping-error.ts';
import {
  checksum,
  decodeEchoReply,
  decodeQuotedEcho,
  decodeQuotedError,
  encodeEchoRequest,
  ipv4Payload,
} from '../../src/kernel/ping-packet.ts';

const families = [4, 6] as const;
const family = fc.constantFrom(...families);
const uint16 = fc.integer({ min: 0, max: 0xffff });
const bytes = fc.uint8Array({ maxLength: 200 });
const echo = fc.record({ id: uint16, sequence: uint16, payload: fc.uint8Array({ maxLength: 100 }) });

function encode(family: 4 | 6, request: Parameters<typeof encodeEchoRequest>[2]): Uint8Array {
  const packet = new Uint8Array(1000).fill(0xaa);
  return packet.subarray(0, encodeEchoRequest(packet, family, request));
}

/** What a target sends back: the request with another type. */
function replyTo(request: Uint8Array, family: 4 | 6): Uint8Array {
  const reply = request.slice();
  reply[0] = family === 4 ? 0 : 129;
  return reply;
}

/** An error about a request, as a router sends it; it offers an MTU of 1400. */
function errorAbout(
  request: Uint8Array,
  family: 4 | 6,
  type: number,
  code: number,
  destination: Uint8Array,
): Uint8Array {
  const header = new Uint8Array(family === 4 ? 20 : 40);
  header[0] = family === 4 ? 0x45 : 0x60;
  header[family === 4 ? 9 : 6] = family === 4 ? 1 : 58;
  header.set(destination, family === 4 ? 16 : 24);
  return Uint8Array.of(type, code, 0, 0, 0, 0, 0x05, 0x78, ...header, ...request);
}

const addresses = {
  4: Uint8Array.of(192, 0, 2, 7),
  6: Uint8Array.of(0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 7),
};

test('an echo request has the bytes of RFC 792', () => {
  const packet = encode(4, { id: 0x1234, sequence: 0x0102, payload: Buffer.from('abc') });
  assert.equal(Buffer.from(packet).toString('hex'), '0800206712340102616263');
});

test('an echo request over IPv6 has the bytes of RFC 4443, without a checksum', () => {
  const packet = encode(6, { id: 0x1234, sequence: 0x0102, payload: Buffer.from('abc') });
  assert.equal(Buffer.from(packet).toString('hex'), '8000000012340102616263');
});

test('the checksum is that of the example in RFC 1071', () => {
  assert.equal(checksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)), 0x220d);
});

test('every echo request over IPv4 carries a right checksum, and none with one wrong bit', () => {
  fc.assert(
    fc.property(echo, fc.nat(), fc.integer({ min: 0, max: 7 }), (request, at, bit) => {
      const packet = encode(4, request);
      assert.equal(checksum(packet), 0);
      const place = at % packet.length;
      packet[place] = (packet[place] ?? 0) ^ (1 << bit);
      assert.notEqual(checksum(packet), 0);
    }),
  );
});

test('a reply says what was sent', () => {
  fc.assert(
    fc.property(family, echo, (family, request) => {
      const { id, sequence, payload } = decodeEchoReply(replyTo(encode(family, request), family), family) ?? {};
      assert.deepEqual({ id, sequence }, { id: request.id, sequence: request.sequence });
      assert.deepEqual([...(payload ?? [])], [...request.payload]);
    }),
  );
});

test('a request is no reply, a reply no request, and neither an error', () => {
  fc.assert(
    fc.property(family, echo, (family, request) => {
      const packet = encode(family, request);
      const reply = replyTo(packet, family);
      assert.equal(decodeEchoReply(packet, family), undefined);
      assert.equal(decodeQuotedEcho(reply, family), undefined);
      assert.equal(decodeQuotedError(packet, family), undefined);
      assert.equal(decodeQuotedError(reply, family), undefined);
    }),
  );
});

test('an error names the request that it quotes, whole or cut after 8 bytes', () => {
  fc.assert(
    fc.property(family, echo, fc.boolean(), (family, request, cut) => {
      const quoted = encode(family, request);
      const [type, code] = family === 4 ? [11, 0] : [3, 0];
      const error = errorAbout(cut ? quoted.subarray(0, 8) : quoted, family, type, code, addresses[family]);
      const { id, sequence } = request;
      const destination = addresses[family];
      assert.deepEqual(decodeQuotedError(error, family), { type, code, mtu: undefined, destination, id, sequence });
    }),
  );
});

test('an error about a packet that is too big tells what is not', () => {
  for (const [family, type, code] of [
    [4, 3, 4],
    [6, 2, 0],
  ] as const) {
    const request = encode(family, { id: 1, sequence: 2, payload: new Uint8Array(4) });
    assert.equal(decodeQuotedError(errorAbout(request, family, type, code, addresses[family]), family)?.mtu, 1400);
  }
});

test('an error about something else than an echo request is none', () => {
  const request = encode(4, { id: 1, sequence: 2, payload: new Uint8Array(4) });
  const changes: readonly (readonly [name: string, at: number, value: number])[] = [
    ['a redirect', 0, 5],
    ['a quoted UDP packet', 8 + 9, 17],
    ['a quoted packet of another version', 8, 0x65],
    ['a quoted fragment that is not the first', 8 + 7, 1],
    ['a quoted reply', 8 + 20, 0],
  ];
  for (const [name, at, value] of changes) {
    const error = errorAbout(request, 4, 3, 1, addresses[4]);
    assert.notEqual(decodeQuotedError(error, 4), undefined);
    error[at] = value;
    assert.equal(decodeQuotedError(error, 4), undefined, name);
  }
});

test('options of a quoted header are passed over', () => {
  const request = encode(4, { id: 7, sequence: 9, payload: new Uint8Array(0) });
  const error = errorAbout(Uint8Array.of(1, 1, 1, 0, ...request), 4, 3, 1, addresses[4]);
  error[8] = 0x46;
  assert.equal(decodeQuotedError(error, 4)?.sequence, 9);
});

test('no bytes whatever make a decoder throw', () => {
  fc.assert(
    fc.property(family, bytes, (family, message) => {
      for (const type of [0, 3, 8, 11, 12, 1, 2, 4, 128, 129, message[0] ?? 0]) {
        const packet = Uint8Array.of(type, ...message.subarray(1));
        decodeEchoReply(packet, family);
        decodeQuotedEcho(packet, family);
        decodeQuotedError(packet, family);
        ipv4Payload(packet);
      }
    }),
  );
});

test('an IPv4 header is as long as it says, and at least 20 bytes', () => {
  fc.assert(
    fc.property(bytes, (packet) => {
      const payload = ipv4Payload(packet);
      const length = ((packet[0] ?? 0) & 0xf) * 4;
      const valid = (packet[0] ?? 0) >> 4 === 4 && length >= 20 && packet.length >= length;
      assert.equal(payload?.length, valid ? packet.length - length : undefined);
    }),
  );
});

test('addresses are written as RFC 5952 wants', () => {
  assert.equal(addressText(addresses[4]), '192.0.2.7');
  assert.equal(addressText(addresses[6]), '2001:db8::7');
  assert.equal(addressText(new Uint8Array(16)), '::');
});

test('errors are told in words, with their numbers', () => {
  const text = (family: 4 | 6, type: number, code: number, mtu?: number) => icmpErrorText(family, { type, code, mtu });
  assert.equal(text(4, 3, 1), 'host unreachable (ICMP type 3, code 1)');
  assert.equal(text(4, 3, 4, 1400), 'packet too big, at most 1400 bytes (ICMP type 3, code 4)');
  assert.equal(text(6, 3, 0), 'hop limit exceeded in transit (ICMPv6 type 3, code 0)');
  assert.equal(text(6, 1, 99), 'not delivered (ICMPv6 type 1, code 99)');
});
