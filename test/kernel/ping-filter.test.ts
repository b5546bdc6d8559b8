import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { littleEndian } from '../../src/kernel/byte-order.ts';
import { encodeEchoFilter } from '../../src/kernel/ping-filter.ts';
import { decodeEchoReply, decodeQuotedError, ipv4Payload } from '../../src/kernel/ping-packet.ts';

/** Runs a classic packet filter as the kernel does: gives how many bytes of the packet pass. */
function run(filter: Uint8Array, packet: Uint8Array): number {
  const view = new DataView(filter.buffer, filter.byteOffset, filter.byteLength);
  let [accumulator, index] = [0, 0];
  for (let at = 0; at < filter.length; at += 8) {
    const code = view.getUint16(at, littleEndian);
    const value = view.getUint32(at + 4, littleEndian);
    if (code === 0x06) return value;
    if (code === 0x15) {
      at += 8 * view.getUint8(at + (accumulator === value ? 2 : 3));
      continue;
    }
    const byte = packet[code === 0x50 ? index + value : value];
    if (byte === undefined) return 0;
    if (code === 0xb1) index = 4 * (byte & 0xf);
    else if (code === 0x30 || code === 0x50) accumulator = byte;
    else assert.fail(`unknown instruction ${code}`);
  }
  assert.fail('the filter does not end');
}

const byte = fc.integer({ min: 0, max: 0xff });
const outer = fc.constantFrom([0x45, ...Array<number>(19).fill(1)], [0x46, ...Array<number>(23).fill(1)]);

/** Packets that are often close to what the filter is for. */
function packets(family: 4 | 6): fc.Arbitrary<Uint8Array> {
  const type = fc.constantFrom(...(family === 4 ? [0, 3, 8, 11, 12, 5] : [1, 2, 3, 4, 128, 129, 135]));
  const quoted = family === 4 ? 20 : 40;
  const rest = fc.uint8Array({ minLength: 0, maxLength: 20 });
  const error = fc.tuple(type, byte, byte, rest).map(([type, high, low, rest]) => {
    const header = new Uint8Array(quoted);
    header[0] = family === 4 ? 0x45 : 0x60;
    header[family === 4 ? 9 : 6] = family === 4 ? 1 : 58;
    const echo = [family === 4 ? 8 : 128, 0, 0, 0, high, low, 0, 1];
    return [type, 0, 0, 0, 0, 0, 0, 0, ...header, ...echo, ...rest];
  });
  const echo = fc.tuple(type, byte, byte, rest).map(([type, ...id]) => [type, 0, 0, 0, id[0], id[1], 0, 1, ...id[2]]);
  const message = fc.oneof(error, echo, fc.uint8Array({ maxLength: 60 }));
  return fc
    .tuple(outer, message)
    .map(([header, message]) => Uint8Array.from(family === 4 ? [...header, ...message] : message));
}

for (const family of [4, 6] as const) {
  test(`all that belongs to an id with the tag passes over IPv${family}, and nothing of another tag`, () => {
    let [passed, stopped] = [0, 0];
    fc.assert(
      fc.property(packets(family), fc.boolean(), byte, (packet, ours, other) => {
        const message = family === 4 ? ipv4Payload(packet) : packet;
        const meant = message && (decodeEchoReply(message, family) ?? decodeQuotedError(message, family));
        if (meant === undefined) return;
        const tag = ours ? meant.id >> 8 : other;
        const passes = run(encodeEchoFilter(family, tag), packet);
        if (meant.id >> 8 === tag) assert.ok(passes >= packet.length);
        else assert.equal(passes, 0);
        if (passes > 0) passed += 1;
        else stopped += 1;
      }),
      { numRuns: 1000 },
    );
    assert.ok(passed > 50 && stopped > 50, `only ${passed} packets passed and ${stopped} did not`);
  });

  test(`requests, and messages that are no errors, do not pass over IPv${family}`, () => {
    const header = family === 4 ? [0x45, ...Array<number>(19).fill(0)] : [];
    for (const type of family === 4 ? [5, 8, 9, 10, 13, 14] : [0, 128, 133, 134, 135, 136]) {
      const packet = Uint8Array.from([...header, type, 0, 0, 0, 7, 7, 0, 1, ...Array<number>(60).fill(7)]);
      assert.equal(run(encodeEchoFilter(family, 7), packet), 0, String(type));
    }
  });

  test(`a packet that is cut short does not pass over IPv${family}`, () => {
    for (let length = 0; length < (family === 4 ? 24 : 4); length += 1) {
      const packet = Uint8Array.from([...(family === 4 ? [0x45] : [129]), ...Array<number>(60).fill(0)]);
      assert.equal(run(encodeEchoFilter(family, 0), packet.subarray(0, length)), 0, String(length));
    }
  });
}
