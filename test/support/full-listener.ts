import { once } from 'node:events';
import * as net from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Lifetime } from './servers.ts';

/** Listens and then never runs again, so that nothing is accepted. */
const listener = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ ...workerData.at, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port ?? 0);
    Atomics.wait(new Int32Array(workerData.lock), 0, 0);
    process.exit();
  });
`;

/** A port of 127.0.0.1 where connecting gets no answer: as many connections wait to be accepted as may. */
export function fullListener(lifetime: Lifetime): Promise<number> {
  return listenFully(lifetime, { port: 0, host: '127.0.0.1' });
}

/** The same of a unix socket, which refuses more connections. */
export async function fullUnixListener(lifetime: Lifetime, path: string): Promise<void> {
  await listenFully(lifetime, { path });
}

async function listenFully(lifetime: Lifetime, at: net.ListenOptions): Promise<number> {
  const lock = new SharedArrayBuffer(4);
  const worker = new Worker(listener, { eval: true, workerData: { lock, at } });
  const ended = once(worker, 'exit');
  const waiting: net.Socket[] = [];
  lifetime.after(async () => {
    for (const socket of waiting) socket.destroy();
    Atomics.store(new Int32Array(lock), 0, 1);
    Atomics.notify(new Int32Array(lock), 0);
    await ended;
  });
  const [port] = (await once(worker, 'message')) as [number];
  // The kernel lets one more wait than asked for.
  for (let queued = 0; queued < 2; queued++) {
    const socket = net.connect(at.path === undefined ? { port, host: '127.0.0.1' } : { path: at.path });
    waiting.push(socket);
    await once(socket, 'connect');
    socket.on('error', () => {});
  }
  return port;
}
