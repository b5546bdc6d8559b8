import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import { serveTcp } from './servers.ts';
import { nothingCame } from './unheard.ts';

const acts: readonly (readonly [name: string, act: (socket: net.Socket) => void])[] = [
  ['data', (socket) => socket.write('x')],
  ['an end', (socket) => socket.end()],
  ['a reset', (socket) => socket.resetAndDestroy()],
];

for (const [name, act] of acts) {
  test(`a client that has not heard of ${name} is told from one that nothing came to`, async (t) => {
    if (process.platform !== 'linux') return t.skip('needs /proc/net/tcp');
    const accepted: net.Socket[] = [];
    const { port } = await serveTcp(t, (socket) => accepted.push(socket));
    assert.equal(nothingCame(port), false);
    // A socket that nobody reads.
    const client = net.connect({ port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(1), callback: () => false } });
    client.on('error', () => {}).pause();
    await once(client, 'connect');
    const server = await eventually(async () => accepted[0] ?? assert.fail());
    assert.equal(nothingCame(port), true);
    act(server);
    await eventually(async () => assert.equal(nothingCame(port), false));
    client.destroy();
  });
}
