import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createServerOf, drain, limitConnections } from '../server/listen.ts';

export interface IntakeOptions {
  readonly maxConnections: number;
  /** Hears of each connection that has closed. */
  readonly onClosed: () => void;
}

/** A server without a port of its own: its connections are accepted by another process. */
export class Intake {
  readonly #server: Server;
  readonly #options: IntakeOptions;
  readonly #sockets = new Set<Socket>();
  #emptied: (() => void) | undefined;

  constructor(app: FastifyInstance, options: IntakeOptions) {
    this.#server = createServerOf(app);
    limitConnections(this.#server, options.maxConnections);
    this.#options = options;
    // What a server begins when it listens: to know its connections, which ones are idle, and which take too long.
    this.#server.emit('listening');
  }

  /** Serves a connection, unless there are too many. */
  take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#options.onClosed();
      if (this.#sockets.size === 0) this.#emptied?.();
    });
    // The limit that the server has holds for what it accepts itself.
    if (this.#sockets.size > this.#options.maxConnections) {
      socket.destroy();
      return;
    }
    // As a server of node:http makes its sockets.
    socket.allowHalfOpen = true;
    this.#server.emit('connection', socket);
  }

  /** Lets requests end, and cuts those that last longer than `limit` milliseconds. */
  async close(limit: number): Promise<void> {
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
      if (this.#sockets.size === 0) resolve();
    });
    this.#server.close();
    await drain([this.#server], emptied, limit);
  }
}
