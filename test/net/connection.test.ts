import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { libc } from '../../src/kernel/libc.ts';
import type { ProbeFailure, Reason } from '../../src/net/failure.ts';
import { connectorFor, connectTo, loopback, trusting } from '../support/connections.ts';
import { fullListener } from '../support/full-listener.ts';
import { expired } from '../support/identities.ts';
import { ownAddress } from '../support/own-address.ts';
import { closedPort, serveTcp, serveTls } from '../support/servers.ts';

const needsKernel = libc() === undefined ? 'the kernel cannot be asked on this machine' : false;

function failing(phase: string, reason: Reason, message = /./): (failure: ProbeFailure) => boolean {
  return (failure) => {
    assert.deepEqual([failure.phase, failure.reason], [phase, reason], failure.message);
    assert.match(failure.message, message);
    return true;
  };
}

test('a connection carries bytes both ways', async (t) => {
  const { port } = await serveTcp(t, (socket) => socket.pipe(socket));
  const { stream, phases } = await connectTo(t, port);
  stream.write('there and back');
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  assert.equal(chunk.toString(), 'there and back');
  assert.ok(phases.connect > 0);
  assert.equal(phases.tls, 0);
});

test('nobody listens: refused', async (t) => {
  const port = await closedPort(t);
  const connector = connectorFor(t);
  await assert.rejects(
    connector.open(loopback, port),
    failing('connect', 'refused', new RegExp(`127\\.0\\.0\\.1:${port}`)),
  );
  assert.equal(connector.opened, 1, 'a failed attempt counts');
  const facts = await connector.close();
  assert.equal(facts?.established, false);
});

test('nobody answers: the connect timeout of the module holds', async (t) => {
  const port = await fullListener(t);
  const connector = connectorFor(t, { connectTimeout: 30 });
  await assert.rejects(connector.open(loopback, port), failing('connect', 'timeout', /No connect within 0\.03 s/));
  assert.ok((connector.last?.phases.connect ?? 0) > 0);
  const facts = await connector.close();
  if (libc() !== undefined) assert.equal(facts?.closedState, 'syn_sent');
});

test('nobody answers: the probe is called off', async (t) => {
  const port = await fullListener(t);
  for (const cause of ['timeout', 'cancelled'] as const) {
    const controller = new AbortController();
    const connector = connectorFor(t, {}, controller.signal);
    const opening = connector.open(loopback, port);
    controller.abort(cause);
    await assert.rejects(opening, failing('connect', cause));
    await connector.close();
  }
});

test('a probe that was called off before connects to nobody', async (t) => {
  const { port } = await serveTcp(t, () => {});
  const connector = connectorFor(t, {}, AbortSignal.abort('timeout'));
  await assert.rejects(connector.open(loopback, port), failing('connect', 'timeout'));
});

const oneAddress = process.platform !== 'linux' && 'only Linux has all of 127.0.0.0/8';

test('the source address is the one that is asked for', { skip: oneAddress }, async (t) => {
  const sources: (string | undefined)[] = [];
  const listening = await serveTcp(t, (socket) => sources.push(socket.remoteAddress));
  const connector = connectorFor(t, { sourceAddress: '127.0.0.42' });
  await connector.open(loopback, listening.port);
  await connector.open(loopback, listening.port, '127.0.0.43');
  await listening.accepted();
  assert.deepEqual(sources, ['127.0.0.42', '127.0.0.43'], 'that of a connection goes before that of the module');
});

test('a source address that this machine does not have is told as such', async (t) => {
  const { port } = await serveTcp(t, () => {});
  await assert.rejects(
    connectTo(t, port, { sourceAddress: '192.0.2.77' }),
    failing('connect', 'local_address', /EADDRNOTAVAIL/),
  );
});

test('a source address of another IP version is told before anybody is bothered', async (t) => {
  const { port } = await serveTcp(t, () => assert.fail('somebody was bothered'));
  await assert.rejects(
    connectTo(t, port, { sourceAddress: '::1' }),
    failing(
      'connect',
      'local_address',
      /^Cannot reach 127\.0\.0\.1 from source_ip_address ::1: that is no IPv4 address$/,
    ),
  );
});

test('a silent server: the handshake timeout of the module holds', async (t) => {
  const { port } = await serveTcp(t, (socket) => socket.resume());
  const connection = await connectTo(t, port, { tlsHandshakeTimeout: 30 });
  await assert.rejects(
    connection.startTls({ settings: trusting, host: 'localhost' }),
    failing('tls', 'timeout', /No tls within 0\.03 s/),
  );
  assert.ok(connection.phases.tls > 0);
  assert.equal(connection.tls, undefined);
});

test('a silent server: the handshake is called off', async (t) => {
  const controller = new AbortController();
  const { port } = await serveTcp(t, (socket) => socket.once('data', () => controller.abort('cancelled')));
  const connection = await connectTo(t, port, {}, controller.signal);
  await assert.rejects(connection.startTls({ settings: trusting, host: 'localhost' }), failing('tls', 'cancelled'));
});

test('a distrusted certificate is told after the handshake, with its facts', async (t) => {
  const { port } = await serveTls(t, expired());
  const connection = await connectTo(t, port);
  await assert.rejects(
    connection.startTls({ settings: trusting, host: 'localhost' }),
    failing('tls', 'certificate_expired'),
  );
  assert.equal(connection.tls?.chain[0]?.subjectCommonName, 'leaf.test');
});

test('closing twice is once, and tells the same', async (t) => {
  const { port } = await serveTcp(t, () => {});
  const connection = await connectTo(t, port);
  const first = connection.close();
  assert.equal(connection.close(), first);
  const facts = await first;
  assert.equal(facts?.established, true);
  assert.equal(await connection.close(), facts);
  assert.equal(connection.stream.destroyed, true);
});

test('after a reset the kernel has no socket any more', { skip: needsKernel }, async (t) => {
  const address = ownAddress();
  const { port } = await serveTcp(t, (socket) => socket.resume(), address);
  const connection = await connectorFor(t).open({ address, family: 4 }, port);
  const facts = await connection.close();
  assert.equal(facts?.closedState, 'closed');
  assert.equal(facts.sockets?.time_wait, 0);
  assert.equal(facts.sockets.listen, 0, 'what listens has no other end');
});

test('after an end by FIN the kernel keeps the socket waiting', { skip: needsKernel }, async (t) => {
  const address = ownAddress();
  const { port } = await serveTcp(t, (socket) => socket.resume(), address);
  const connection = await connectorFor(t, { close: 'fin' }).open({ address, family: 4 }, port);
  const facts = await connection.close();
  assert.equal(facts?.closedState, 'time_wait');
  assert.equal(facts.sockets?.time_wait, 1);
});

test('a connector closes one connection before it opens the next', async (t) => {
  const ends: Promise<unknown>[] = [];
  const { port } = await serveTcp(t, (socket) => {
    ends.push(new Promise((settle) => socket.resume().once('close', settle)));
  });
  const connector = connectorFor(t);
  const first = await connector.open(loopback, port);
  const second = await connector.open(loopback, port);
  assert.equal(first.stream.destroyed, true);
  assert.equal(second.stream.destroyed, false);
  assert.equal(connector.opened, 2);
  assert.equal(connector.last, second);
  await connector.close();
  await Promise.all(ends);
  assert.equal(ends.length, 2);
});

test('a connector that opened nothing has nothing to close', (t) => {
  assert.equal(connectorFor(t).close(), undefined);
});

test('a server that resets right behind its data is told from one that ends', { skip: needsKernel }, async (t) => {
  const { port } = await serveTcp(t, (socket) => {
    socket.once('data', () => socket.write('data', () => socket.resetAndDestroy()));
  });
  const { stream } = await connectTo(t, port);
  stream.write('go');
  const error = new Promise<Error & { code?: string }>((settle) => stream.once('error', settle));
  stream.resume();
  assert.equal((await error).code, 'ECONNRESET');
});

test('an end is no received byte, also when a reset comes right behind it', { skip: needsKernel }, async (t) => {
  const accepted: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => accepted.push(socket)).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const connection = await connectTo(t, (server.address() as AddressInfo).port);
  const { stream } = connection;
  await new Promise((settle) => stream.write('never read', settle));
  await connected;
  // Data that is left unread turns the close behind the FIN into a reset.
  accepted[0]?.end('hello', () => accepted[0]?.destroy());
  await new Promise((settle) => stream.resume().once('end', settle).once('error', settle));
  const facts = await connection.close();
  assert.deepEqual([facts?.info?.state, facts?.info?.receivedBytes, facts?.reset], ['close', 5, false]);
});

test('a connection that is closed holds nobody who listened to it', async (t) => {
  const { port } = await serveTcp(t, (socket) => socket.resume());
  const connection = await connectTo(t, port);
  connection.stream.on('data', () => {}).on('end', () => {});
  const facts = await connection.close();
  assert.deepEqual(connection.stream.eventNames(), ['error']);
  assert.equal(await connection.close(), facts);
});
