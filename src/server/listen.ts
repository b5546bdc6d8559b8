import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Where to listen; without a host, on every address of IPv6 and IPv4. */
export interface ListenAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/** Reads `:9115`, `127.0.0.1:9115`, `[::1]:9115` or `localhost:9115`. Throws an Error with a sentence. */
export function parseListenAddress(text: string): ListenAddress {
  if (text.startsWith('vsock://')) throw new Error(`Listening on vsock is not supported yet: ${text}`);
  const match = /^(?:\[([^[\]]+)\]|([^[\]:/\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) {
    throw new Error(
      `The listen address ${JSON.stringify(text)} is no host:port, like :9115, 127.0.0.1:9115 or [::1]:9115`,
    );
  }
  return { host: match[1] ?? (match[2] || undefined), port };
}

/**
 * Clients keep idle connections for up to five minutes; the server must not close one first, while a request may be on
 * its way.
 */
const keepAliveTimeout = 360_000;

/** How often a stopping server looks for connections that have become idle, in milliseconds. */
const sweepInterval = 20;

/** The servers of one app, one for each address. */
export class Listeners {
  readonly #servers: Server[] = [];
  readonly #maxConnections: number;

  /** Each of the servers has at most `maxConnections`. */
  constructor({ maxConnections = Infinity }: { readonly maxConnections?: number } = {}) {
    this.#maxConnections = maxConnections;
  }

  /** Starts to listen; gives the real address. Throws an Error with a sentence when that fails. */
  async add(app: FastifyInstance, address: ListenAddress): Promise<string> {
    const server = createServerOf(app);
    const bound = await listenOn(server, address);
    limitConnections(server, this.#maxConnections);
    this.#servers.push(server);
    return bound;
  }

  /** Hears of errors of a server that listens, a lack of descriptors for one. */
  onError(listener: (error: Error) => void): void {
    for (const server of this.#servers) server.on('error', listener);
  }

  /** Accepts nothing more, lets requests end, and cuts those that last longer than `limit` milliseconds. */
  async close(limit: number): Promise<void> {
    await drain(this.#servers, Promise.all(this.#servers.map(closing)), limit);
  }
}

/** A server of the app's routes that does not listen yet. */
export function createServerOf(app: FastifyInstance): Server {
  return createServer({ keepAliveTimeout }, (request, response) => app.routing(request, response));
}

/** Lets a server have at most `most` connections. From nine tenths on, a new one makes the idle ones go. */
export function limitConnections(server: Server, most: number): void {
  server.maxConnections = most;
  let open = 0;
  // Before the server itself hears of the new one: to some runtimes it would be idle as well.
  server.prependListener('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
    if (open >= Math.floor(most * 0.9)) server.closeIdleConnections();
  });
}

/** Closes connections as they become idle, and all after `limit` milliseconds; resolves when `closed` does. */
export async function drain(servers: readonly Server[], closed: Promise<unknown>, limit: number): Promise<void> {
  const sweep = setInterval(() => {
    for (const server of servers) server.closeIdleConnections();
  }, sweepInterval);
  const cut = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, limit);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

/** Has a server listen; gives its real address. Throws an Error with a sentence when that fails. */
export async function listenOn(server: NetServer, address: ListenAddress): Promise<string> {
  try {
    await listening(server, address);
  } catch (error) {
    throw new Error(`Cannot listen on ${formatAddress(address.host ?? '', address.port)}: ${listenReason(error)}`, {
      cause: error,
    });
  }
  const bound = server.address() as AddressInfo;
  return formatAddress(bound.address, bound.port);
}

function listening(server: NetServer, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(host === undefined ? { port } : { port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The only error of close is that the server is closed. */
function closing(server: NetServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is already in use',
  EADDRNOTAVAIL: 'this machine does not have the address',
  EACCES: 'permission denied',
  ENOTFOUND: 'the host has no address',
};

function listenReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return reasons[code] ?? error.message;
}
