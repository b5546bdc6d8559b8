import type { Socket } from 'node:net';

/**
 * Has a socket, once it is closed, let go of all who listened to it. V8 holds the sockets of Node 26 until a full
 * collection, since each has a function that was made among the old objects, and what hangs on them with them.
 */
export function letGoWhenClosed(socket: Socket): void {
  socket.once('close', () => {
    socket.removeAllListeners().on('error', ignore);
  });
}

function ignore(): void {}
