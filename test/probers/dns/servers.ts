import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Identity } from '../../support/certificates.ts';
import {
  type HttpServer,
  type Lifetime,
  serveHttp2,
  serveHttps,
  serveTcp,
  serveTls,
  type TlsServerOptions,
} from '../../support/servers.ts';

/** Gives the messages that answer a query. */
export type Responder = (query: Buffer) => readonly Buffer[];

export interface DnsServer {
  readonly port: number;
  /** `127.0.0.1:PORT`, or `[::1]:PORT`. */
  readonly address: string;
  /** The queries since the last call. */
  takeQueries(): Buffer[];
  /** Where the last query came from. */
  lastClient(): string | undefined;
}

/** A server over UDP. */
export async function serveUdp(lifetime: Lifetime, respond: Responder, host = '127.0.0.1'): Promise<DnsServer> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const heard = new Heard();
  socket.on('error', ignore);
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    heard.add(query, from.address);
    for (const message of respond(query)) socket.send(message, from.port, from.address);
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  lifetime.after(async () => {
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  });
  return heard.server(socket.address().port, host);
}

/** A port of UDP that was free a moment ago. */
export async function closedUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  return port;
}

/** A server over TCP. */
export async function serveStream(lifetime: Lifetime, respond: Responder, host = '127.0.0.1'): Promise<DnsServer> {
  const heard = new Heard();
  const server = await serveTcp(lifetime, (socket) => converse(socket, heard, respond), host);
  return heard.server(server.port, host);
}

/** A server over TLS. */
export async function serveOverTls(
  lifetime: Lifetime,
  identity: Identity,
  respond: Responder,
  options: TlsServerOptions = {},
): Promise<DnsServer> {
  const heard = new Heard();
  const server = await serveTls(lifetime, identity, (socket) => converse(socket, heard, respond), options);
  return heard.server(server.port, options.host ?? '127.0.0.1');
}

/** Reads messages behind their lengths, and writes the answers the same way. */
function converse(socket: Socket, heard: Heard, respond: Responder): void {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const query = received.subarray(2, end);
      received = received.subarray(end);
      heard.add(query, socket.remoteAddress);
      for (const message of respond(query)) socket.write(framed(message));
    }
  });
}

/** A message behind its length. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

export interface HttpsAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body; without it, what `respond` gives. */
  readonly body?: Buffer;
}

/** A server of DNS over HTTPS, by HTTP/2 unless `http1`. */
export function serveOverHttps(
  lifetime: Lifetime,
  identity: Identity,
  respond: Responder,
  { http1 = false, ...answer }: HttpsAnswer & { readonly http1?: boolean } = {},
): Promise<HttpServer> {
  const serve = http1 ? serveHttps : serveHttp2;
  return serve(lifetime, identity, (_request, response, body) => {
    const headers = answer.headers ?? { 'content-type': 'application/dns-message' };
    response.writeHead(answer.status ?? 200, headers);
    response.end(answer.body ?? Buffer.concat(respond(Buffer.from(body, 'latin1'))));
  });
}

class Heard {
  #queries: Buffer[] = [];
  #client: string | undefined;

  add(query: Buffer, client: string | undefined): void {
    this.#queries.push(query);
    this.#client = client;
  }

  server(port: number, host: string): DnsServer {
    return {
      port,
      address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      lastClient: () => this.#client,
      takeQueries: () => {
        const queries = this.#queries;
        this.#queries = [];
        return queries;
      },
    };
  }
}

function ignore(): void {}
