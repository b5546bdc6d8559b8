import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { littleEndian } from '../../src/kernel/byte-order.ts';
import { libc } from '../../src/kernel/libc.ts';
import { appendControl, eachControl, Message, viewOf } from '../../src/kernel/ping-message.ts';
import { readQueuedError, readReceived } from '../../src/kernel/ping-received.ts';
import { addressBytes, encodeSocketAddress, writeRequest } from '../../src/kernel/ping-request.ts';
import { withoutLibc } from './live-kernel.ts';

const skip = withoutLibc();

function message(): Message {
  const library = libc();
  assert.ok(library);
  return new Message(library, 1000);
}

/** The control messages in the first `length` bytes, with their contents in hexadecimal. */
function controls(bytes: Uint8Array, length = bytes.length): { level: number; type: number; content: string }[] {
  const found: { level: number; type: number; content: string }[] = [];
  eachControl(viewOf(bytes), length, (level, type, start, end) => {
    found.push({ level, type, content: Buffer.from(bytes.subarray(start, end)).toString('hex') });
  });
  return found;
}

const int = fc.integer({ min: 0, max: 0x7fff_ffff });

test('control messages are read as they were written', () => {
  const part = fc.record({ level: int, type: int, content: fc.uint8Array({ maxLength: 40 }) });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), (parts) => {
      const bytes = new Uint8Array(256).fill(0xaa);
      let length = 0;
      for (const { level, type, content } of parts) {
        const { start, next } = appendControl(viewOf(bytes), length, level, type, content.length);
        bytes.set(content, start);
        length = next;
      }
      const expected = parts.map(({ content, ...rest }) => ({
        ...rest,
        content: Buffer.from(content).toString('hex'),
      }));
      assert.deepEqual(controls(bytes, length), expected);
    }),
  );
});

test('control messages whose length makes no sense end the list', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 256 }), fc.nat(300), (bytes, length) => {
      for (const { content } of controls(bytes, length)) assert.ok(content.length / 2 <= bytes.length);
    }),
  );
  assert.deepEqual(controls(new Uint8Array(64)), []);
});

test('no bytes whatever make reading a received message throw', { skip }, () => {
  const received = message();
  fc.assert(
    fc.property(
      fc.constantFrom(4 as const, 6 as const),
      fc.constantFrom('raw' as const, 'datagram' as const),
      fc.uint8Array({ maxLength: 120 }),
      fc.uint8Array({ minLength: 256, maxLength: 256 }),
      (family, kind, data, control) => {
        received.data.set(data);
        received.control.set(control);
        received.clear();
        readReceived(received, data.length, family, kind);
        readQueuedError(received, data.length, family);
      },
    ),
  );
});

test('a reply over raw IPv4 with a wrong checksum is ignored', { skip }, () => {
  const received = message();
  const header = [0x45, ...Array<number>(19).fill(0)];
  const reply = [0, 0, 0xfe, 0xfd, 1, 2, 0, 0];
  received.data.set([...header, ...reply]);
  received.setLengths(16, 1000, 0);
  assert.equal(readReceived(received, 28, 4, 'raw')?.id, 0x0102);
  received.data[25] = 3;
  assert.equal(readReceived(received, 28, 4, 'raw'), undefined);
});

test('a request carries its address, its hop limit and its source', { skip }, () => {
  const outgoing = message();
  const request = { id: 1, sequence: 2, payload: new Uint8Array(3), hopLimit: 9, dontFragment: false };
  const ifindex = (name: string) => name.length;
  const int32 = (value: number) => Buffer.from(Int32Array.of(value).buffer).toString('hex');
  writeRequest(outgoing, 4, { ...request, address: '192.0.2.1', source: '192.0.2.2' }, ifindex);
  assert.deepEqual([...outgoing.name.subarray(4, 8)], [192, 0, 2, 1]);
  assert.deepEqual(controls(outgoing.control, outgoing.controlLength), [
    { level: 0, type: 2, content: int32(9) },
    { level: 0, type: 8, content: '00000000c000020200000000' },
  ]);
  writeRequest(outgoing, 6, { ...request, hopLimit: 0, address: 'fe80::1%eth0', source: '2001:db8::2' }, ifindex);
  assert.equal(viewOf(outgoing.name).getUint32(24, littleEndian), 'eth0'.length);
  assert.deepEqual(controls(outgoing.control, outgoing.controlLength), [
    { level: 41, type: 50, content: '20010db800000000000000000000000200000000' },
  ]);
});

test('a zone is a name or a number', () => {
  const scope = (address: string) => viewOf(encodeSocketAddress(6, address, () => 77)).getUint32(24, littleEndian);
  assert.equal(scope('fe80::1'), 0);
  assert.equal(scope('fe80::1%3'), 3);
  assert.equal(scope('fe80::1%eth0'), 77);
});

test('an address of the other version of IP is refused', () => {
  assert.throws(() => addressBytes('192.0.2.1', 6), { code: 'EAFNOSUPPORT' });
  assert.throws(() => addressBytes('::1', 4), { code: 'EAFNOSUPPORT' });
  assert.throws(() => addressBytes('localhost', 4), { code: 'EAFNOSUPPORT' });
});
