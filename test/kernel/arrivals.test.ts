import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import net from 'node:net';
import { test, type TestContext } from 'node:test';
import { Arrivals } from '../../src/kernel/arrivals.ts';
import { serveTcp } from '../support/servers.ts';
import { descriptorOf, withoutLibc } from './live-kernel.ts';

/** A connected socket, and the server's end of it. What that sends is in the kernel when the call returns. */
async function pair(t: TestContext): Promise<{ socket: Socket; other: Socket }> {
  const accepted = new Promise<Socket>((settle) => {
    void serveTcp(t, settle).then(({ port }) => socket.connect(port, '127.0.0.1'));
  });
  const socket = new net.Socket();
  t.after(() => void socket.destroy());
  await once(socket, 'connect');
  return { socket, other: await accepted };
}

/** The sockets with unread input, and for how many milliseconds they have it. */
function unread(arrivals: Arrivals): Map<number, number> {
  const found = new Map<number, number>();
  arrivals.waiting((fd, age) => found.set(fd, age));
  return found;
}

function open(): Arrivals {
  const arrivals = Arrivals.open();
  assert.ok(arrivals);
  return arrivals;
}

test('unread input is found with its age, and stays where it is', { skip: withoutLibc() }, async (t) => {
  const arrivals = open();
  const { socket, other } = await pair(t);
  const { other: silent, socket: idle } = await pair(t);
  const fd = descriptorOf(socket);
  assert.equal(arrivals.stamp(fd) && arrivals.add(fd), true);
  assert.equal(arrivals.add(descriptorOf(idle)), true);
  assert.equal(unread(arrivals).size, 0);

  other.write('hello');
  const since = performance.now();
  while (performance.now() < since + 3);
  const [[found, age] = []] = unread(arrivals);
  assert.equal(found, fd);
  assert.ok(age !== undefined && age >= 3 && age < 1000, `it is ${age} ms old`);
  const [[, later] = []] = unread(arrivals);
  assert.ok(later !== undefined && later >= age, 'the age is that of the first byte');

  const [chunk] = (await once(socket, 'data')) as [Buffer];
  assert.equal(chunk.toString(), 'hello');
  assert.equal(unread(arrivals).size, 0);
  silent.destroy();
});

test('an end is no input, and a reset is left for the reader to find', { skip: withoutLibc() }, async (t) => {
  const arrivals = open();
  const [ended, broken] = [await pair(t), await pair(t)];
  for (const { socket } of [ended, broken]) assert.equal(arrivals.add(descriptorOf(socket)), true);
  ended.other.end();
  broken.other.resetAndDestroy();
  assert.equal(unread(arrivals).size, 0);
  const [error] = (await once(broken.socket, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
});

test('a socket that is closed is watched no more', { skip: withoutLibc() }, async (t) => {
  const arrivals = open();
  const { socket, other } = await pair(t);
  assert.equal(arrivals.add(descriptorOf(socket)), true);
  other.write('hello');
  socket.destroy();
  await once(socket, 'close');
  assert.equal(unread(arrivals).size, 0);
});

test('what is no socket is refused', { skip: withoutLibc() }, () => {
  assert.equal(open().add(-1), false);
});
