import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import * as net from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import type { Identity } from './certificates.ts';

/** What of a test's context a server needs: when to close. */
export interface Lifetime {
  after(close: () => Promise<void>): void;
}

export interface Listening {
  readonly port: number;
  /** `127.0.0.1:PORT`, or `[::1]:PORT`. */
  readonly address: string;
  /** Resolves when every connection made before this call has been accepted. */
  readonly accepted: () => Promise<void>;
}

/** One request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly version: string;
  /** By lower-case name; several values of one name stand joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly serverName?: string;
  readonly clientCertificate?: string;
}

export interface HttpServer extends Listening {
  /** `http://127.0.0.1:PORT` or `https://...`. */
  readonly origin: string;
  /** The requests since the last call, in the order of their arrival. */
  takeRequests(): SeenRequest[];
}

export type Handler = (
  request: http.IncomingMessage | http2.Http2ServerRequest,
  response: http.ServerResponse,
  body: string,
) => void;

export interface TlsServerOptions extends tls.TlsOptions {
  readonly host?: string;
  /** Once the client has ended a connection, ends it by FIN alone: no alert, which would be answered by a reset. */
  readonly quiet?: boolean;
  /** The OCSP response to staple. */
  readonly staple?: Buffer;
  /** Sees every connection, before its handshake. */
  readonly onConnection?: (socket: net.Socket) => void;
}

/** Listens on a free port of `host` until the test ends, then closes the server and every connection. */
export async function listen(lifetime: Lifetime, server: net.Server, host = '127.0.0.1'): Promise<Listening> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', ignore).once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy());
  server.on('secureConnection', (socket: tls.TLSSocket) => {
    if (socket.allowHalfOpen) socket.on('end', () => socket.destroy());
  });
  server.listen(0, host);
  await once(server, 'listening');
  lifetime.after(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server is not bound to a port');
  return {
    port: bound.port,
    address: `${host.includes(':') ? `[${host}]` : host}:${bound.port}`,
    accepted: () => waitForQueue(server, bound.port),
  };
}

/** The address from which the tests themselves connect to a server, to see its queue go by. */
const observer = '127.0.0.253';

async function waitForQueue(server: net.Server, port: number): Promise<void> {
  const reached = new Promise<void>((resolve) => {
    const watch = (socket: net.Socket): void => {
      if (socket.remoteAddress !== observer) return;
      server.off('connection', watch);
      resolve();
    };
    server.on('connection', watch);
  });
  const socket = net.connect({ port, host: '127.0.0.1', localAddress: observer });
  await Promise.all([reached, once(socket, 'connect')]);
  socket.on('error', ignore).destroy();
}

/** Runs `script` on a connection of anybody but the observer. */
function unlessObserver(script: (socket: net.Socket) => void): (socket: net.Socket) => void {
  return (socket) => {
    if (socket.remoteAddress !== observer) script(socket);
  };
}

/** An HTTP/1.1 server; without `handler` it answers 200 with the body `ok`. */
export async function serveHttp(lifetime: Lifetime, handler: Handler = answerOk, host?: string): Promise<HttpServer> {
  const recorder = new Recorder(handler);
  const server = http.createServer({ insecureHTTPParser: true }, recorder.listener);
  return recorder.open(lifetime, server, 'http', host);
}

/** An HTTP/1.1 server over TLS. */
export async function serveHttps(
  lifetime: Lifetime,
  identity: Identity,
  handler: Handler = answerOk,
  options: TlsServerOptions = {},
): Promise<HttpServer> {
  const recorder = new Recorder(handler);
  const server = https.createServer(tlsOptions(identity, options), recorder.listener);
  return recorder.open(lifetime, server, 'https', options.host);
}

/** A server of HTTP/2 and, for a client that does not offer it, HTTP/1.1. */
export async function serveHttp2(
  lifetime: Lifetime,
  identity: Identity,
  handler: Handler = answerOk,
  options: TlsServerOptions & http2.SecureServerOptions = {},
): Promise<HttpServer> {
  const recorder = new Recorder(handler);
  const server = http2.createSecureServer(
    { allowHTTP1: true, ...tlsOptions(identity, options) },
    // The compatibility API of node:http2 gives what the handlers use of node:http.
    (request, response) => recorder.listener(request, response as unknown as http.ServerResponse),
  );
  server.on('sessionError', ignore);
  return recorder.open(lifetime, server, 'https', options.host);
}

/** A TCP server that runs `script` on every connection. */
export function serveTcp(lifetime: Lifetime, script: (socket: net.Socket) => void, host?: string): Promise<Listening> {
  return listen(lifetime, net.createServer({ noDelay: true }, unlessObserver(script)), host);
}

/** A TLS server that runs `script` on every connection whose handshake has succeeded. */
export function serveTls(
  lifetime: Lifetime,
  identity: Identity,
  script: (socket: tls.TLSSocket) => void = ignore,
  options: TlsServerOptions = {},
): Promise<Listening> {
  const server = tls.createServer(tlsOptions(identity, options), (socket) => {
    socket.on('error', ignore);
    script(socket);
  });
  server.on('connection', unlessObserver(options.onConnection ?? ignore));
  const { staple } = options;
  if (staple !== undefined) {
    server.on('OCSPRequest', (_cert: Buffer, _issuer: Buffer, answer: (error: null, response: Buffer) => void) =>
      answer(null, staple),
    );
  }
  return listen(lifetime, server, options.host);
}

/** A port of 127.0.0.1 on which nobody listens, and which nobody else is given while the test runs. */
export async function closedPort(lifetime: Lifetime): Promise<number> {
  const { port } = await listen(lifetime, net.createServer());
  const outgoing = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1' });
  await once(outgoing, 'connect');
  lifetime.after(async () => void outgoing.destroy());
  // An established connection's local port is taken, yet nothing accepts connections on it.
  const taken = outgoing.localPort;
  if (taken === undefined) throw new Error('a connected socket has no local port');
  return taken;
}

function ignore(): void {}

function answerOk(_request: unknown, response: http.ServerResponse): void {
  response.end('ok');
}

function tlsOptions<Options extends TlsServerOptions>(
  identity: Identity,
  options: Options,
): Options & { cert: string; key: string; allowHalfOpen: boolean } {
  return { cert: identity.chain, key: identity.key, ...options, allowHalfOpen: options.quiet ?? false };
}

class Recorder {
  readonly #handler: Handler;
  #requests: SeenRequest[] = [];

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  readonly listener = (
    request: http.IncomingMessage | http2.Http2ServerRequest,
    response: http.ServerResponse,
  ): void => {
    const chunks: Buffer[] = [];
    request.on('error', ignore);
    response.on('error', ignore);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1');
      this.#requests.push(describe(request, body));
      this.#handler(request, response, body);
    });
  };

  async open(lifetime: Lifetime, server: net.Server, scheme: string, host?: string): Promise<HttpServer> {
    const listening = await listen(lifetime, server, host);
    return {
      ...listening,
      origin: `${scheme}://${listening.address}`,
      takeRequests: () => {
        const taken = this.#requests;
        this.#requests = [];
        return taken;
      },
    };
  }
}

function describe(request: http.IncomingMessage | http2.Http2ServerRequest, body: string): SeenRequest {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = (request.rawHeaders[i] ?? '').toLowerCase();
    const value = request.rawHeaders[i + 1] ?? '';
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const seen = { method: request.method ?? '', url: request.url ?? '', version: request.httpVersion, headers, body };
  return { ...seen, ...describeTls(request.socket) };
}

function describeTls(socket: net.Socket): { serverName?: string; clientCertificate?: string } {
  if (!('getPeerCertificate' in socket)) return {};
  const secure = socket as tls.TLSSocket;
  const facts: { serverName?: string; clientCertificate?: string } = {};
  const name: unknown = secure.servername;
  if (typeof name === 'string') facts.serverName = name;
  const commonName = secure.getPeerCertificate()?.subject?.CN;
  if (typeof commonName === 'string') facts.clientCertificate = commonName;
  return facts;
}
