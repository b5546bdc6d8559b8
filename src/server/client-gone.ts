import type { Socket } from 'node:net';
import { Cancellation, type ProbeSignal } from '../net/abort.ts';

const cancellations = new WeakMap<Socket, Cancellation>();

/** A signal that aborts when the client's connection closes; one for all requests of a connection. */
export function clientGone(socket: Socket): ProbeSignal {
  let cancellation = cancellations.get(socket);
  if (cancellation === undefined) {
    const created = new Cancellation();
    socket.once('close', () => created.abort('cancelled'));
    cancellations.set(socket, created);
    cancellation = created;
  }
  return cancellation;
}
