import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type net from 'node:net';
import { describe, test } from 'node:test';
import { libc } from '../../src/kernel/libc.ts';
import { NetlinkSocket, TooManySockets } from '../../src/kernel/netlink-socket.ts';
import { type ConnectionTuple, lookupSocket, socketsByState, socketsTo } from '../../src/kernel/sock-diag.ts';
import { type StateCounts, tcpStates } from '../../src/kernel/tcp-states.ts';
import type { Seen } from './in-namespace.ts';
import {
  besideSs,
  closeByFin,
  closeByReset,
  closeHalf,
  connect,
  echoServer,
  inOwnNamespace,
  tupleOf,
  unusedHost,
  withoutKernel,
  withoutNamespace,
  withoutSs,
} from './live-kernel.ts';

const noSockets = Object.fromEntries(tcpStates.map((state) => [state, 0]));

function stateOf(tuple: ConnectionTuple): string | undefined {
  const found = lookupSocket(tuple);
  return typeof found === 'object' ? found.state : found;
}

for (const host of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
  describe(`a connection on ${host}`, { skip: withoutKernel() }, () => {
    test('is established while open, seen from both ends', async (t) => {
      const tuple = tupleOf(await connect(t, await echoServer(t, host)));
      assert.equal(stateOf(tuple), 'established');
      const { localAddress, localPort, remoteAddress, remotePort } = tuple;
      const reversed = { localAddress: remoteAddress, localPort: remotePort };
      assert.equal(stateOf({ ...reversed, remoteAddress: localAddress, remotePort: localPort }), 'established');
    });

    test('is in TIME_WAIT after FIN, with its time running', async (t) => {
      const found = lookupSocket(await closeByFin(t, await echoServer(t, host)));
      assert.ok(typeof found === 'object');
      assert.equal(found.state, 'time_wait');
      assert.ok(found.timerMs !== undefined && found.timerMs > 0 && found.timerMs <= 60_000);
    });

    test('is gone after RST', async (t) => {
      assert.equal(lookupSocket(await closeByReset(t, await echoServer(t, host))), 'gone');
    });
  });
}

test(
  'a FIN leaves a socket in TIME_WAIT towards the server, a RST leaves none',
  { skip: withoutKernel() },
  async (t) => {
    const byFin = await closeByFin(t, await echoServer(t, unusedHost()));
    const byReset = await closeByReset(t, await echoServer(t, unusedHost()));
    assert.deepEqual(socketsTo(byFin.remoteAddress, byFin.remotePort, 0)?.counts, { ...noSockets, time_wait: 1 });
    assert.deepEqual(socketsTo(byReset.remoteAddress, byReset.remotePort, 0)?.counts, noSockets);
  },
);

test('a listener on the local end is not taken for the connection', { skip: withoutKernel() }, async (t) => {
  const { port } = (await echoServer(t)).address() as net.AddressInfo;
  const end = { localAddress: '127.0.0.1', localPort: port, remoteAddress: '127.0.0.1', remotePort: 1 };
  assert.equal(lookupSocket(end), 'gone');
});

test('a zone that no interface has is gone, not an error', { skip: withoutKernel() }, () => {
  const remote = { remoteAddress: 'fe80::1%no-such-if', remotePort: 1 };
  assert.equal(lookupSocket({ localAddress: 'fe80::2', localPort: 1, ...remote }), 'gone');
});

test('a text that is no address cannot be looked up', () => {
  const remote = { remoteAddress: 'example.org', remotePort: 1 };
  assert.equal(lookupSocket({ localAddress: '127.0.0.1', localPort: 1, ...remote }), undefined);
  assert.equal(socketsTo('example.org', 1), undefined);
});

test('a snapshot is shared while it is young enough', { skip: withoutKernel() }, async (t) => {
  const server = await echoServer(t, unusedHost());
  const { remoteAddress, remotePort } = tupleOf(await connect(t, server));
  assert.equal(socketsTo(remoteAddress, remotePort, 0)?.counts.established, 1);
  await connect(t, server);
  assert.equal(socketsTo(remoteAddress, remotePort, 3_600_000)?.counts.established, 1);
  assert.equal(socketsTo(remoteAddress, remotePort, 0)?.counts.established, 2);
});

test('the counts of an old snapshot are corrected for one connection', { skip: withoutKernel() }, async (t) => {
  const server = await echoServer(t, unusedHost());
  const client = await connect(t, server);
  const tuple = tupleOf(client);
  const towards = socketsTo(tuple.remoteAddress, tuple.remotePort, 0);
  assert.ok(towards);
  assert.equal(towards.counts.established, 1);
  assert.equal(towards.countsWith(tuple, 'gone').established, 0);
  const waiting = towards.countsWith(tuple, 'time_wait');
  assert.equal(waiting.established, 0);
  assert.equal(waiting.time_wait, 1);

  const later = tupleOf(await connect(t, server));
  assert.equal(towards.countsWith(later, 'gone').established, 1);
  assert.equal(towards.countsWith(later, 'time_wait').established, 1);
  assert.equal(towards.countsWith(later, 'time_wait').time_wait, 1);
});

test('the sockets towards an end are those that ss shows', { skip: withoutSs() }, async (t) => {
  const server = await echoServer(t, unusedHost());
  const { remoteAddress, remotePort } = await closeByFin(t, server);
  await closeByFin(t, server);
  await closeByReset(t, server);
  await connect(t, server);
  await closeHalf(t, server);
  const count = (): StateCounts | undefined => socketsTo(remoteAddress, remotePort, 0)?.counts;
  const [counts, shown] = besideSs(count, 'dst', `${remoteAddress}:${remotePort}`);
  assert.deepEqual(counts, shown);
  assert.equal(counts.established, 1);
  assert.equal(counts.time_wait, 2);
  assert.equal(counts.fin_wait1 + counts.fin_wait2, 1);
});

test('in a namespace of its own everything is as ss shows it', { skip: withoutNamespace() }, () => {
  const script = new URL('./in-namespace.js', import.meta.url);
  const { counts, shown, linkLocal, ports } = JSON.parse(inOwnNamespace(script)) as Seen;
  assert.deepEqual(counts, shown);
  assert.deepEqual([counts.listen, counts.time_wait], [3, 3]);
  assert.deepEqual(linkLocal, ['established', 'time_wait', 'gone']);
  // Three listeners and three sockets in TIME_WAIT; the reset one is gone, an open one is seen from both ends.
  assert.equal(ports, 7);
});

test('questions leave no descriptor open', { skip: withoutKernel() }, async (t) => {
  const tuple = tupleOf(await connect(t, await echoServer(t)));
  lookupSocket(tuple);
  const before = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 100; round += 1) {
    lookupSocket(tuple);
    socketsByState(0);
  }
  assert.equal(readdirSync('/proc/self/fd').length, before);
});

test('a netlink socket takes one descriptor and gives it back', { skip: withoutKernel() }, () => {
  const library = libc();
  assert.ok(library);
  const before = readdirSync('/proc/self/fd').length;
  const netlink = NetlinkSocket.open(library);
  assert.equal(readdirSync('/proc/self/fd').length, before + 1);
  netlink.close();
  assert.equal(readdirSync('/proc/self/fd').length, before);
});

test('a dump that grows too long is given up', { skip: withoutKernel() }, async (t) => {
  await echoServer(t);
  const library = libc();
  assert.ok(library);
  const netlink = NetlinkSocket.open(library);
  t.after(() => netlink.close());
  assert.throws(() => netlink.dump({ size: Infinity, add: () => {} }), TooManySockets);
});
