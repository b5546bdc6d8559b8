import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { endianness } from 'node:os';
import { test } from 'node:test';
import { decodeTcpInfo, readTcpInfo } from '../../src/kernel/tcp-info.ts';
import { connect, descriptorOf, echoServer, ss, withoutLibc, withoutSs } from './live-kernel.ts';

const otherOrder = endianness() === 'LE' ? false : 'the bytes were captured on a little-endian machine';

/** Linux 6.18, x86-64: a client that sent 300,000 bytes and received 40,000 over loopback. */
const captured = Buffer.from(
  '010000000007aa00e01c0300409c0000cbff0000008000000000000000000000000000000000000000000000fc010000' +
    '00000000fc010000fc010000ffff0000567201005a00000061000000ffffff7f12000000cbff00000300000000000000' +
    'd7ff0000000000003048134307000000ffffffffffffffffe193040000000000409c0000000000000d00000009000000' +
    '0000000006000000020000000900000075e1838a02000000a00f000000000000a00f0000000000000000000000000000' +
    '0a00000000000000e0930400000000000000000000000000000000000000000000000000007403000074010000000000' +
    '00000000000000000000000000000000000000000000000000000000000000000000000000000000',
  'hex',
);

/** The captured bytes with some replaced: offsets as in struct tcp_info, numbers of 32 bits. */
function withWords(words: Readonly<Record<number, number>>): Buffer {
  const bytes = Buffer.from(captured);
  for (const [offset, value] of Object.entries(words)) bytes.writeUInt32LE(value, Number(offset));
  return bytes;
}

test('captured bytes decode to what ss showed for the connection', { skip: otherOrder }, () => {
  assert.deepEqual(decodeTcpInfo(captured, captured.length), {
    state: 'established',
    rtt: 0.000_09,
    rttVariance: 0.000_097,
    minRtt: 0.000_006,
    retransmits: 0,
    lost: 0,
    reordered: 0,
    receivedOutOfOrder: 0,
    congestionWindow: 18,
    sendMss: 65_483,
    receiveMss: 32_768,
    pathMtu: 65_535,
    sentBytes: 300_000,
    receivedBytes: 40_000,
    deliveryRate: 87_310_666_664 / 8,
    options: { timestamps: true, sack: true, ecn: false, sendWindowScale: 10, receiveWindowScale: 10 },
  });
});

test('counters that were 0 in the capture are read from their places', { skip: otherOrder }, () => {
  const info = decodeTcpInfo(withWords({ 32: 3, 100: 4, 208: 1000, 220: 5, 224: 6 }), captured.length);
  assert.equal(info?.lost, 3);
  assert.equal(info?.retransmits, 4);
  assert.equal(info?.reordered, 5);
  assert.equal(info?.receivedOutOfOrder, 6);
  assert.equal(info?.sentBytes, 299_000);
});

test('numbers of 64 bits keep their upper half', { skip: otherOrder }, () => {
  assert.equal(decodeTcpInfo(withWords({ 132: 1 }), captured.length)?.receivedBytes, 2 ** 32 + 40_000);
});

test('what was not measured is absent', { skip: otherOrder }, () => {
  const words = { 68: 0, 72: 250_000, 148: 0xffff_ffff, 160: 0, 164: 0 };
  const info = decodeTcpInfo(withWords(words), captured.length);
  assert.equal(info?.rtt, undefined);
  assert.equal(info?.rttVariance, undefined);
  assert.equal(info?.minRtt, undefined);
  assert.equal(info?.deliveryRate, undefined);
});

test('options are read bit by bit, and window scales only where they were negotiated', { skip: otherOrder }, () => {
  const bytes = Buffer.from(captured);
  bytes[5] = 4 | 8;
  bytes[6] = 0x7e;
  assert.deepEqual(decodeTcpInfo(bytes, bytes.length)?.options, {
    timestamps: false,
    sack: false,
    ecn: true,
    sendWindowScale: 14,
    receiveWindowScale: 7,
  });
  bytes[5] = 1;
  assert.deepEqual(decodeTcpInfo(bytes, bytes.length)?.options, {
    timestamps: true,
    sack: false,
    ecn: false,
    sendWindowScale: undefined,
    receiveWindowScale: undefined,
  });
});

const shorter: readonly (readonly [kernel: string, length: number, absent: readonly string[]])[] = [
  ['4.19', 224, ['receivedOutOfOrder']],
  ['4.9', 192, ['receivedOutOfOrder', 'reordered', 'sentBytes']],
  ['4.1', 136, ['deliveryRate', 'minRtt', 'receivedOutOfOrder', 'reordered', 'sentBytes']],
  ['2.6', 104, ['deliveryRate', 'minRtt', 'receivedBytes', 'receivedOutOfOrder', 'reordered', 'sentBytes']],
];

for (const [kernel, length, absent] of shorter) {
  test(`the ${length} bytes of Linux ${kernel} lack ${absent.join(', ')}`, { skip: otherOrder }, () => {
    const info = decodeTcpInfo(captured, length);
    assert.ok(info);
    const missing = Object.entries(info).filter(([, value]) => value === undefined);
    assert.deepEqual(missing.map(([name]) => name).sort(), absent);
    assert.equal(info.congestionWindow, 18);
  });
}

test('too few bytes, none, or a state that does not exist give undefined', () => {
  assert.equal(decodeTcpInfo(captured, 103), undefined);
  assert.equal(decodeTcpInfo(captured.subarray(0, 60), captured.length), undefined);
  assert.equal(decodeTcpInfo(Buffer.alloc(0), 0), undefined);
  assert.equal(decodeTcpInfo(Buffer.alloc(280, 0xff), 280), undefined);
  assert.equal(decodeTcpInfo(Buffer.alloc(280), 280), undefined);
});

test('a live connection shows the payload that went over it', { skip: withoutLibc() }, async (t) => {
  const socket = await connect(t, await echoServer(t), 'x'.repeat(5000));
  const info = readTcpInfo(descriptorOf(socket));
  assert.equal(info?.state, 'established');
  assert.equal(info.sentBytes, 5000);
  assert.equal(info.receivedBytes, 5000);
  assert.ok(info.rtt !== undefined && info.rtt > 0 && info.rtt < 10);
});

test('the FIN of the peer is no received byte', { skip: withoutLibc() }, async (t) => {
  const server = net.createServer((socket) => socket.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as net.AddressInfo;
  const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  t.after(() => socket.destroy());
  socket.resume();
  await once(socket, 'end');
  const info = readTcpInfo(descriptorOf(socket));
  assert.equal(info?.state, 'close_wait');
  assert.equal(info.receivedBytes, 5);
});

test('a listening socket is in the state listen', { skip: withoutLibc() }, async (t) => {
  assert.equal(readTcpInfo(descriptorOf(await echoServer(t)))?.state, 'listen');
});

test('a descriptor that is no TCP socket gives undefined', () => {
  assert.equal(readTcpInfo(-1), undefined);
  assert.equal(readTcpInfo(0), undefined);
});

function milliseconds(seconds: number | undefined): number {
  return Number(((seconds ?? 0) * 1000).toFixed(3));
}

test('a live connection is as ss -tin shows it', { skip: withoutSs() }, async (t) => {
  const socket = await connect(t, await echoServer(t), 'y'.repeat(20_000));
  const fd = descriptorOf(socket);
  // A late ACK may change the numbers while ss runs; then it is asked again.
  let info = readTcpInfo(fd);
  let lines: string[];
  for (;;) {
    lines = ss('-Htino', 'sport', '=', `:${socket.localPort}`);
    const after = readTcpInfo(fd);
    if (JSON.stringify(after) === JSON.stringify(info)) break;
    info = after;
  }
  assert.ok(info);
  const shown = ` ${lines.join(' ')} `;
  const value = (name: string): string | undefined => new RegExp(`\\s${name}[: ](\\S+)`).exec(shown)?.[1];

  assert.match(shown, /^ ESTAB/);
  assert.equal(value('rtt'), `${milliseconds(info.rtt)}/${milliseconds(info.rttVariance)}`);
  assert.equal(value('minrtt'), String(milliseconds(info.minRtt)));
  assert.equal(value('mss'), String(info.sendMss));
  assert.equal(value('rcvmss'), String(info.receiveMss));
  assert.equal(value('pmtu'), String(info.pathMtu));
  assert.equal(value('cwnd'), String(info.congestionWindow));
  assert.equal(value('bytes_sent'), String(info.sentBytes));
  assert.equal(value('bytes_received'), String(info.receivedBytes));
  assert.equal(value('delivery_rate'), `${(info.deliveryRate ?? 0) * 8}bps`);
  assert.equal(value('wscale'), `${info.options.sendWindowScale},${info.options.receiveWindowScale}`);
  assert.equal(/\sts\s/.test(shown), info.options.timestamps);
  assert.equal(/\ssack\s/.test(shown), info.options.sack);
});
