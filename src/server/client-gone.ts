import type { Socket } from 'node:net';

const controllers = new WeakMap<Socket, AbortController>();

/** A signal that aborts when the client's connection closes; one for all requests of a connection, as it costs. */
export function clientGone(socket: Socket): AbortSignal {
  let controller = controllers.get(socket);
  if (controller === undefined) {
    const created = new AbortController();
    socket.once('close', () => created.abort());
    controllers.set(socket, created);
    controller = created;
  }
  return controller.signal;
}
