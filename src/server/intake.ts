import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Clients keep idle connections for up to five minutes; the server must not close one first, while a request may be on
 * its way.
 */
const keepAliveTimeout = 360_000;

/** How often a stopping server looks for connections that have become idle, in milliseconds. */
const sweepInterval = 20;

export interface IntakeOptions {
  /** More connections are closed at once; from nine tenths on, a new one makes the idle ones go. */
  readonly maxConnections?: number;
  /** Hears of each connection that has closed. */
  readonly onClosed?: () => void;
}

/** An app's server without a port of its own: its connections are accepted elsewhere, and are limited together. */
export class Intake {
  readonly #server: Server;
  readonly #maxConnections: number;
  readonly #onClosed: () => void;
  readonly #sockets = new Set<Socket>();
  #emptied: (() => void) | undefined;

  constructor(app: FastifyInstance, { maxConnections = Infinity, onClosed = () => {} }: IntakeOptions = {}) {
    this.#server = createServer({ keepAliveTimeout }, (request, response) => app.routing(request, response));
    this.#maxConnections = maxConnections;
    this.#onClosed = onClosed;
    // What a server begins when it listens: to know its connections, which ones are idle, and which take too long.
    this.#server.emit('listening');
  }

  /** Serves a connection, unless there are too many. */
  take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#onClosed();
      if (this.#sockets.size === 0) this.#emptied?.();
    });
    if (this.#sockets.size > this.#maxConnections) {
      socket.destroy();
      return;
    }
    // Before the server hears of the new one: to some runtimes it would be idle as well.
    if (this.#sockets.size >= Math.floor(this.#maxConnections * 0.9)) this.#server.closeIdleConnections();
    // As a server of node:http makes its sockets.
    socket.allowHalfOpen = true;
    this.#server.emit('connection', socket);
  }

  /** Lets requests end, closes connections as they become idle, and cuts those that last longer than `limit` milliseconds. */
  async close(limit: number): Promise<void> {
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
      if (this.#sockets.size === 0) resolve();
    });
    this.#server.close();
    const sweep = setInterval(() => this.#server.closeIdleConnections(), sweepInterval);
    const cut = setTimeout(() => this.#server.closeAllConnections(), limit);
    await emptied;
    clearInterval(sweep);
    clearTimeout(cut);
  }
}
