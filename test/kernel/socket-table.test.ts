import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageOffsets } from '../../src/kernel/inet-diag.ts';
import { ipBytes } from '../../src/kernel/ip-bytes.ts';
import { SocketTable } from '../../src/kernel/socket-table.ts';
import type { TcpState } from '../../src/kernel/tcp-states.ts';
import { tcpStates } from '../../src/kernel/tcp-states.ts';

interface Row {
  readonly family: 4 | 6;
  readonly local: readonly [address: string, port: number];
  readonly remote: readonly [address: string, port: number];
  readonly state: TcpState;
}

function address(text: string): Uint8Array {
  const bytes = ipBytes(text);
  assert.ok(bytes, text);
  return bytes;
}

/** The rows as the kernel lays them out, in a table. */
function tableOf(rows: Iterable<Row>): SocketTable {
  const table = new SocketTable(0);
  for (const { family, local, remote, state } of rows) {
    const message = new Uint8Array(72);
    const view = new DataView(message.buffer);
    message[messageOffsets.family] = family === 4 ? 2 : 10;
    message[messageOffsets.state] = tcpStates.indexOf(state) + 1;
    view.setUint16(messageOffsets.localPort, local[1]);
    view.setUint16(messageOffsets.remotePort, remote[1]);
    message.set(family === 4 ? address(local[0]).subarray(12) : address(local[0]), messageOffsets.localAddress);
    message.set(family === 4 ? address(remote[0]).subarray(12) : address(remote[0]), messageOffsets.remoteAddress);
    table.add(view, 0);
  }
  return table;
}

const rows: readonly Row[] = [
  { family: 4, local: ['10.0.0.1', 40_000], remote: ['10.0.0.9', 443], state: 'established' },
  { family: 4, local: ['10.0.0.1', 40_001], remote: ['10.0.0.9', 443], state: 'time_wait' },
  { family: 4, local: ['10.0.0.1', 40_000], remote: ['10.0.0.9', 80], state: 'fin_wait2' },
  { family: 6, local: ['::ffff:10.0.0.1', 40_002], remote: ['::ffff:10.0.0.9', 443], state: 'time_wait' },
  { family: 6, local: ['2001:db8::1', 40_000], remote: ['2001:db8::9', 443], state: 'syn_sent' },
  { family: 6, local: ['::', 443], remote: ['::', 0], state: 'listen' },
];

test('sockets are counted by state', () => {
  assert.deepEqual(tableOf(rows).byState(), {
    established: 1,
    syn_sent: 1,
    syn_recv: 0,
    fin_wait1: 0,
    fin_wait2: 1,
    time_wait: 2,
    close: 0,
    close_wait: 0,
    last_ack: 0,
    listen: 1,
    closing: 0,
  });
});

test('sockets are found by their remote end, IPv4-mapped ones with the IPv4 ones', () => {
  const table = tableOf(rows);
  for (const text of ['10.0.0.9', '::ffff:10.0.0.9']) {
    const counts = table.towards(address(text), 443);
    assert.equal(counts.established, 1);
    assert.equal(counts.time_wait, 2);
    assert.equal(counts.fin_wait2, 0);
    assert.equal(counts.listen, 0);
  }
  assert.equal(table.towards(address('10.0.0.9'), 80).fin_wait2, 1);
  assert.equal(table.towards(address('2001:db8::9'), 443).syn_sent, 1);
});

test('an end that nobody is connected to has no sockets', () => {
  const none = new Set(Object.values(tableOf(rows).towards(address('10.0.0.9'), 444)));
  assert.deepEqual(none, new Set([0]));
});

test('a socket is found by both its ends', () => {
  const table = tableOf(rows);
  const state = (local: Row['local'], remote: Row['remote']): TcpState | undefined =>
    table.stateOf({
      localAddress: address(local[0]),
      localPort: local[1],
      remoteAddress: address(remote[0]),
      remotePort: remote[1],
    });
  for (const row of rows) assert.equal(state(row.local, row.remote), row.state);
  assert.equal(state(['10.0.0.2', 40_000], ['10.0.0.9', 443]), undefined);
  assert.equal(state(['10.0.0.1', 40_001], ['10.0.0.9', 80]), undefined);
});

test('a local port is known whichever socket has it', () => {
  const table = tableOf(rows);
  const known = [443, 40_000, 40_001, 40_002, 40_003, 80].filter((port) => table.hasLocalPort(port));
  assert.deepEqual(known, [443, 40_000, 40_001, 40_002]);
});

test('a table without sockets answers every question', () => {
  const table = tableOf([]);
  assert.equal(table.size, 0);
  assert.equal(table.byState().established, 0);
  assert.equal(table.towards(address('10.0.0.9'), 443).established, 0);
  assert.equal(table.hasLocalPort(443), false);
});

test('thousands of sockets towards thousands of ends are all found again', () => {
  const many: Row[] = [];
  for (let number = 0; number < 20_000; number += 1) {
    const host = `10.${number % 7}.${number % 251}.${number % 13}`;
    const state = tcpStates[number % tcpStates.length];
    assert.ok(state);
    many.push({ family: 4, local: ['10.9.9.9', 1024 + number], remote: [host, 443 + (number % 3)], state });
  }
  const table = tableOf(many);
  assert.equal(table.size, many.length);
  const expected = new Map<string, number>();
  for (const { remote, state } of many) {
    const key = `${remote[0]} ${remote[1]} ${state}`;
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  for (const { remote, state } of many.slice(0, 500)) {
    const counted = table.towards(address(remote[0]), remote[1])[state];
    assert.equal(counted, expected.get(`${remote[0]} ${remote[1]} ${state}`));
  }
});
