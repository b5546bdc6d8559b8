import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Intake } from './intake.ts';
import type { IntakeOptions } from './intake.ts';

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

/** The ports of one app, one for each address; its connections are limited together. */
export class Listeners {
  readonly #servers: Server[] = [];
  readonly #intake: Intake;

  constructor(app: FastifyInstance, options?: IntakeOptions) {
    this.#intake = new Intake(app, options);
  }

  /** Starts to listen; gives the real address. Throws an Error with a sentence when that fails. */
  async add(address: ListenAddress): Promise<string> {
    const server = createServer({ noDelay: true }, (socket) => this.#intake.take(socket));
    const bound = await listenOn(server, address);
    this.#servers.push(server);
    return bound;
  }

  /** Hears of errors of a server that listens, a lack of descriptors for one. */
  onError(listener: (error: Error) => void): void {
    for (const server of this.#servers) server.on('error', listener);
  }

  /** Accepts nothing more, lets requests end, and cuts those that last longer than `limit` milliseconds. */
  async close(limit: number): Promise<void> {
    for (const server of this.#servers) server.close();
    await this.#intake.close(limit);
  }
}

/** Has a server listen; gives its real address. Throws an Error with a sentence when that fails. */
export async function listenOn(server: Server, address: ListenAddress): Promise<string> {
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

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(host === undefined ? { port } : { port, host }, () => {
      server.off('error', reject);
      resolve();
    });
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
