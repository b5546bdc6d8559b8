import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { openSockets } from '../../src/kernel/open-sockets.ts';

test('sockets are counted while they are open', { skip: process.platform !== 'linux' }, async () => {
  const before = openSockets();
  assert.ok(before !== undefined);
  const sockets = [createSocket('udp4'), createSocket('udp4')];
  for (const socket of sockets) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  assert.equal(openSockets(), before + 2);
  for (const socket of sockets) {
    socket.close();
    await once(socket, 'close');
  }
  assert.equal(openSockets(), before);
});
