import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { describe, test } from 'node:test';
import {
  decodeDump,
  decodeLookup,
  encodeDump,
  encodeLookup,
  messageOffsets,
  type Endpoints,
} from '../../src/kernel/inet-diag.ts';
import { ipBytes } from '../../src/kernel/ip-bytes.ts';

const otherOrder = endianness() === 'LE' ? false : 'the bytes were captured on a little-endian machine';

function ends(address: string, localPort: number, remotePort: number): Endpoints {
  const bytes = ipBytes(address);
  assert.ok(bytes);
  return { localAddress: bytes, localPort, remoteAddress: bytes, remotePort };
}

/** Answers of Linux 6.18, x86-64, to lookups of sockets on loopback. */
const established = Buffer.from(
  '7c0000001400000007000000792a0000020100009c411f907f0000010000000000000000000000007f00000100000000' +
    '00000000000000000000000010ad00000000000000000000000000000000000000000000239706000500080000000000' +
    '08000f00000000000c00150001000000000000000600160052000000',
  'hex',
);
const establishedV6 = Buffer.from(
  '7c0000001400000008000000792a00000a0100009c421f90000000000000000000000000000000010000000000000000' +
    '00000000000000010000000011ad00000000000000000000000000000000000000000000259706000500080000000000' +
    '08000f00000000000c00150001000000000000000600160012000000',
  'hex',
);
const timeWait = Buffer.from(
  '600000001400000009000000792a0000020603009c431f907f0000010000000000000000000000007f00000100000000' +
    '00000000000000000000000012ad0000000000005cea00000000000000000000000000000000000008000f0000000000',
  'hex',
);
const noSuchSocket = Buffer.from(
  '5c000000020000000a000000792a0000feffffff48000000140001000a0000000000000002060000fe0f00009c441f90' +
    '7f0000010000000000000000000000007f00000100000000000000000000000000000000ffffffffffffffff',
  'hex',
);
const acceptedMapped = Buffer.from(
  '7c000000140000000b000000792a00000a0100001f909c4100000000000000000000ffff7f0000010000000000000000' +
    '0000ffff7f0000010000000013ad00000000000000000000000000000000000000000000249706000500080000000000' +
    '08000f00000000000c00150001000000000000000600160012000000',
  'hex',
);
const listener = Buffer.from(
  '84000000140000000c000000792a00000a0a00001f900000000000000000000000000000000000000000000000000000' +
    '00000000000000000000000014ad0000000000000000000000000000ff01000000000000229706000500080000000000' +
    '05000b000000000008000f00000000000c00150001000000000000000600160012000000',
  'hex',
);
const dumpEnd = Buffer.from('14000000030002000d000000792a000000000000', 'hex');

const lookups = [
  [
    'an established socket',
    established,
    ends('127.0.0.1', 40_001, 8080),
    7,
    { state: 'established', timerMs: undefined },
  ],
  ['an IPv6 socket', establishedV6, ends('::1', 40_002, 8080), 8, { state: 'established', timerMs: undefined }],
  ['a socket in TIME_WAIT', timeWait, ends('127.0.0.1', 40_003, 8080), 9, { state: 'time_wait', timerMs: 59_996 }],
  ['no such socket', noSuchSocket, ends('127.0.0.1', 40_004, 8080), 10, 'gone'],
  [
    'an IPv4 end of an IPv6 socket',
    acceptedMapped,
    ends('127.0.0.1', 8080, 40_001),
    11,
    { state: 'established', timerMs: undefined },
  ],
  ['only a listener on the local end', listener, ends('127.0.0.1', 8080, 999), 12, 'gone'],
  ['the answer to another question', established, ends('127.0.0.1', 40_001, 8080), 8, 'other'],
  ['nothing', Buffer.alloc(0), ends('127.0.0.1', 40_001, 8080), 8, 'other'],
] as const;

describe('the answer to a lookup', { skip: otherOrder }, () => {
  for (const [what, bytes, between, sequence, expected] of lookups) {
    test(`${what} is read`, () => {
      assert.deepEqual(decodeLookup(bytes, bytes.length, between, sequence), expected);
    });
  }

  test('another error than ENOENT is a refusal', () => {
    const bytes = Buffer.from(noSuchSocket);
    bytes.writeInt32LE(-1, 16);
    assert.equal(decodeLookup(bytes, bytes.length, ends('127.0.0.1', 40_004, 8080), 10), undefined);
  });

  test('a state that does not exist is a refusal', () => {
    const bytes = Buffer.from(established);
    bytes[17] = 99;
    assert.equal(decodeLookup(bytes, bytes.length, ends('127.0.0.1', 40_001, 8080), 7), undefined);
  });

  test('an answer cut anywhere is a refusal', () => {
    for (let length = 1; length < established.length; length += 1) {
      const found = decodeLookup(established, length, ends('127.0.0.1', 40_001, 8080), 7);
      assert.equal(found, undefined, `${length} bytes`);
    }
  });

  test('an answer after one to another question is found', () => {
    const bytes = Buffer.concat([established, timeWait]);
    const found = decodeLookup(bytes, bytes.length, ends('127.0.0.1', 40_003, 8080), 9);
    assert.deepEqual(found, { state: 'time_wait', timerMs: 59_996 });
  });
});

/** The bytes as a part of the dump with sequence number 13. */
function inDump(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16LE(18, 4);
  copy.writeUInt32LE(13, 8);
  return copy;
}

function dumped(bytes: Buffer, length = bytes.length): { outcome: string; states: number[] } {
  const states: number[] = [];
  const sink = {
    size: 0,
    add: (view: DataView, at: number) => void states.push(view.getUint8(at + messageOffsets.state)),
  };
  return { outcome: decodeDump(bytes, length, 13, sink), states };
}

describe('a dump', { skip: otherOrder }, () => {
  const part = Buffer.concat([inDump(listener), inDump(timeWait), inDump(established)]);

  test('a part hands over its sockets and asks for more', () => {
    assert.deepEqual(dumped(part), { outcome: 'more', states: [10, 6, 1] });
  });

  test('messages begin at multiples of 4 bytes', () => {
    const longer = Buffer.concat([inDump(timeWait), Buffer.from([1, 0, 0, 0])]);
    longer.writeUInt32LE(timeWait.length + 1, 0);
    assert.deepEqual(dumped(Buffer.concat([longer, inDump(established)])), { outcome: 'more', states: [6, 1] });
  });

  test('the last part ends it, whatever follows', () => {
    const last = Buffer.concat([part, dumpEnd, part]);
    assert.deepEqual(dumped(last), { outcome: 'done', states: [10, 6, 1] });
  });

  test('sockets of another dump are passed over', () => {
    const stale = Buffer.from(timeWait);
    stale.writeUInt16LE(18, 4);
    assert.deepEqual(dumped(Buffer.concat([stale, inDump(established)])), { outcome: 'more', states: [1] });
  });

  test('an end that carries an error is a failure', () => {
    const end = Buffer.from(dumpEnd);
    end.writeInt32LE(-2, 16);
    assert.equal(dumped(end).outcome, 'failed');
  });

  test('an error and an overrun are failures', () => {
    const error = inDump(noSuchSocket);
    error.writeUInt16LE(2, 4);
    assert.equal(dumped(error).outcome, 'failed');
    const overrun = Buffer.from(dumpEnd);
    overrun.writeUInt16LE(4, 4);
    assert.equal(dumped(overrun).outcome, 'failed');
  });

  test('a socket message that is too short is a failure', () => {
    const short = inDump(established).subarray(0, 16 + 71);
    short.writeUInt32LE(short.length, 0);
    assert.deepEqual(dumped(short), { outcome: 'failed', states: [] });
  });

  test('a message of length 0 ends in a failure, not in a loop', () => {
    assert.equal(dumped(Buffer.alloc(64)).outcome, 'failed');
  });

  test('a part cut within a message is a failure', () => {
    const boundaries = new Set([0, listener.length, listener.length + timeWait.length]);
    for (let length = 0; length < part.length; length += 1) {
      const expected = boundaries.has(length) ? 'more' : 'failed';
      assert.equal(dumped(part, length).outcome, expected, `${length} bytes`);
    }
  });

  test('garbage never throws', () => {
    let seed = 1;
    for (let round = 0; round < 2000; round += 1) {
      const garbage = Buffer.from(part);
      for (let change = 0; change < 8; change += 1) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        garbage[(seed >>> 8) % garbage.length] = seed & 0xff;
      }
      assert.ok(dumped(garbage).states.length <= 3 + round);
    }
  });
});

describe('a request', { skip: otherOrder }, () => {
  test('for one IPv4 socket is an inet_diag_req_v2 of its family', () => {
    assert.equal(
      Buffer.from(encodeLookup(ends('127.0.0.1', 40_001, 8080), 0, 7)).toString('hex'),
      '4800000014000100070000000000000002060000fe0f00009c411f907f000001000000000000000000000000' +
        '7f00000100000000000000000000000000000000ffffffffffffffff',
    );
  });

  test('for one IPv6 socket carries whole addresses and the interface', () => {
    assert.equal(
      Buffer.from(encodeLookup(ends('fe80::2', 1, 2), 3, 8)).toString('hex'),
      '480000001400010008000000000000000a060000fe0f000000010002fe800000000000000000000000000002' +
        'fe80000000000000000000000000000203000000ffffffffffffffff',
    );
  });

  test('for all sockets names no family and the states from established to closing', () => {
    const bytes = Buffer.from(encodeDump(9));
    assert.equal(bytes.length, 76);
    assert.equal(bytes.subarray(0, 16).toString('hex'), '4c000000120001030900000000000000');
    assert.equal(bytes.readUInt32LE(68), 0b1111_1111_1110);
    assert.ok(bytes.subarray(16, 68).every((byte) => byte === 0));
  });
});
