import { once } from 'node:events';
import * as net from 'node:net';
import { join } from 'node:path';
import * as tls from 'node:tls';
import type { Identity } from './certificates.ts';
import type { Lifetime } from './servers.ts';
import { temporaryFolder } from './temporary-files.ts';

export interface UnixServer {
  /** The path of the socket, or `@name` of an abstract one. */
  readonly path: string;
}

export interface UnixServerOptions extends tls.TlsOptions {
  /** With one the server speaks TLS. */
  readonly identity?: Identity;
  readonly path?: string;
}

/** Why abstract sockets cannot be tested here; undefined when they can. */
export const noAbstractSockets =
  process.platform === 'linux' && Number(process.versions.node.split('.', 1)[0]) >= 22
    ? undefined
    : 'abstract sockets need Linux and Node.js 22';

let opened = 0;

/** A path in the tests' own folder where there is nothing yet. */
export function freePath(): string {
  opened += 1;
  return join(temporaryFolder(), `${opened}.sock`);
}

/** A server on a unix socket that runs `script` on every connection; after the handshake where it speaks TLS. */
export async function serveUnix(
  lifetime: Lifetime,
  script: (socket: net.Socket) => void = ignore,
  { identity, path = freePath(), ...options }: UnixServerOptions = {},
): Promise<UnixServer> {
  const run = (socket: net.Socket): void => {
    socket.on('error', ignore);
    script(socket);
  };
  const sockets = new Set<net.Socket>();
  const server =
    identity === undefined
      ? net.createServer(run)
      : tls.createServer({ cert: identity.chain, key: identity.key, ...options }, run);
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', ignore).once('close', () => sockets.delete(socket));
  });
  server.listen(path.replace(/^@/, '\0'));
  await once(server, 'listening');
  lifetime.after(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { path };
}

/** Offers STARTTLS in the words of SMTP, and after the handshake tells whether it heard EHLO. */
export function offerStartTls(identity: Identity): (socket: net.Socket) => void {
  const secureContext = tls.createSecureContext({ cert: identity.chain, key: identity.key });
  return (socket) => {
    socket.write('220 mail.test ESMTP\r\n');
    socket.once('data', () => {
      socket.write('220 go ahead\r\n');
      const secured = new tls.TLSSocket(socket, { isServer: true, secureContext });
      secured.on('error', ignore);
      secured.on('data', (chunk: Buffer) => secured.write(`250 ${chunk.toString()}`));
    });
  };
}

/** The steps of a dialogue with a server that offers STARTTLS. */
export const startTlsSteps: readonly object[] = [
  { expect: '^220 (\\S+)', send: 'STARTTLS\r' },
  { expect: '^220' },
  { starttls: true },
  { send: 'EHLO prober' },
  { expect: '^250 EHLO prober$' },
];

function ignore(): void {}
