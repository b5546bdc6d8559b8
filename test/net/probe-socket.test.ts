import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { libc } from '../../src/kernel/libc.ts';
import { ProbeSocket } from '../../src/net/probe-socket.ts';
import { runChild } from '../support/child.ts';
import { kinds } from '../support/probe-batches.ts';
import { serveTcp } from '../support/servers.ts';
import { type Closed, closeEach } from './endings.ts';

const needsKernel = libc() === undefined ? 'the kernel cannot be asked on this machine' : false;

/** A connected socket, and the server's end of it. */
async function pair(t: TestContext, close: 'reset' | 'fin'): Promise<{ socket: ProbeSocket; other: Socket }> {
  const accepted = new Promise<Socket>(
    (settle) => void serveTcp(t, settle).then(({ port }) => socket.connect(port, '127.0.0.1')),
  );
  const socket = new ProbeSocket(close);
  t.after(() => void socket.destroy());
  await once(socket, 'connect');
  return { socket, other: await accepted };
}

for (const suffix of ['', '_fin'] as const) {
  test(`every kind of probe ends its connection by ${suffix === '' ? 'a reset' : 'FIN'}`, async (t) => {
    const closed = await closeEach(t, kinds, suffix);
    for (const kind of kinds) {
      assert.deepEqual([closed[kind]?.success, closed[kind]?.ending], [true, suffix === '' ? 'reset' : 'fin'], kind);
    }
  });
}

test('without FFI probes work and reset their connections all the same, but for the series of the kernel', async () => {
  const script = fileURLToPath(new URL('./endings-child.js', import.meta.url));
  const { status, output } = await runChild(process.execPath, [script], { env: { CLEARBOX_NO_FFI: '1' } });
  assert.equal(status, 0, output);
  const { reset, fin, ends } = JSON.parse(output) as Record<'reset' | 'fin', Record<string, Closed>> & { ends: object };
  const only = ['probe_tcp_connections'];
  for (const kind of kinds) {
    assert.deepEqual(reset[kind], { ending: 'reset', success: true, families: only }, kind);
    assert.deepEqual(fin[kind], { ending: 'fin', success: true, families: only }, kind);
  }
  assert.deepEqual(ends, { https: 'closed', https_h2: 'closed', tcp_tls: 'closed' }, 'TLS has sent its FIN already');
});

test('what the kernel knew is kept when the socket closes', { skip: needsKernel }, async (t) => {
  const { socket, other } = await pair(t, 'reset');
  const before = socket.info;
  other.write('hello');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  assert.equal(chunk.toString(), 'hello');
  socket.destroy();
  assert.equal(before, undefined);
  assert.equal(socket.info?.state, 'established');
  assert.equal(socket.info.receivedBytes, 5);
});

test('a socket that never connected closes without a word', async () => {
  const socket = new ProbeSocket('reset');
  socket.destroy();
  await once(socket, 'close');
  assert.equal(socket.info, undefined);
});

test('destroying twice keeps the first error', async (t) => {
  const { socket } = await pair(t, 'reset');
  const first = new Error('first');
  const errors: unknown[] = [];
  socket.on('error', (error) => errors.push(error));
  socket.destroy(first);
  socket.destroy(new Error('second'));
  await new Promise((settle) => socket.once('close', settle));
  assert.deepEqual(errors, [first]);
});

test(
  'an end by FIN waits for that of the other end, so that late data does not become a reset',
  { skip: needsKernel },
  async (t) => {
    const { socket, other } = await pair(t, 'fin');
    other.allowHalfOpen = true;
    const ended = once(other, 'end');
    other.resume();
    socket.destroy();
    await ended;
    other.end('late data');
    await Promise.all([once(socket, 'close'), once(other, 'close')]);
    assert.equal(other.errored, null);
  },
);

test('an end by FIN does not wait for ever', { skip: needsKernel }, async (t) => {
  const { socket, other } = await pair(t, 'fin');
  other.allowHalfOpen = true;
  other.resume();
  socket.destroy();
  await once(socket, 'close');
});

test('a reset is told from an end, also right behind data', { skip: needsKernel }, async (t) => {
  const { socket, other } = await pair(t, 'reset');
  const ended = new Promise((settle) => socket.once('end', settle).once('close', settle));
  other.write('data', () => other.resetAndDestroy());
  socket.resume();
  await ended;
  assert.equal(socket.errored !== null || socket.takeReset(), true);
});

test('an end is no reset, also when the other end then resets what is sent to it', { skip: needsKernel }, async (t) => {
  const { socket, other } = await pair(t, 'reset');
  socket.allowHalfOpen = true;
  other.destroy();
  await once(socket.resume(), 'end');
  await new Promise((settle) => socket.write('too late', settle));
  assert.equal(socket.takeReset(), false);
});
