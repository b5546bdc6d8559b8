import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test, type TestContext } from 'node:test';
import { resetOnClose } from '../../src/kernel/linger.ts';
import { descriptorOf, withoutLibc } from './live-kernel.ts';

async function errorSeenByPeer(t: TestContext, reset: boolean): Promise<string> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const [[peer]] = await Promise.all([accepted, once(client, 'connect')]);
  const end = new Promise<string>((settle) => {
    peer.once('end', () => settle('FIN'));
    peer.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });
  peer.resume();
  if (reset) assert.equal(resetOnClose(descriptorOf(client)), true);
  client.destroy();
  const seen = await end;
  peer.destroy();
  return seen;
}

test('a socket told to reset ends with RST for its peer', { skip: withoutLibc() }, async (t) => {
  assert.equal(await errorSeenByPeer(t, true), 'ECONNRESET');
});

test('a socket told nothing ends with FIN for its peer', async (t) => {
  assert.equal(await errorSeenByPeer(t, false), 'FIN');
});

test('a descriptor that is no socket is refused', () => {
  assert.equal(resetOnClose(-1), false);
});
