import type { Socket } from 'node:net';
import type { Identity } from '../support/certificates.ts';
import {
  closedPort,
  serveHttp,
  serveHttp2,
  serveHttps,
  serveTcp,
  serveTls,
  type Handler,
  type HttpServer,
  type Lifetime,
  type Listening,
  type TlsServerOptions,
} from '../support/servers.ts';
import { requestFacts, type Opened } from './probe-case.ts';

export type OpenTarget = (lifetime: Lifetime) => Promise<Opened>;

/** A module of the http prober. */
export const httpModule = (options: object = {}, rest: object = {}) => ({ prober: 'http', http: options, ...rest });

export const answerWithStatus =
  (code: number): Handler =>
  (_request, response) =>
    void response.writeHead(code).end(code === 204 || code === 304 ? undefined : 'body');

export const answerWith =
  (headers: Record<string, string | string[]>, body = 'body'): Handler =>
  (_request, response) =>
    void response.writeHead(200, headers).end(body);

/** An HTTP server's URL with `path`; it records its requests. */
export const http =
  (handler?: Handler, path = '/'): OpenTarget =>
  async (lifetime) =>
    recorded(await serveHttp(lifetime, handler), path);

/** The same over TLS and HTTP/1.1. */
export const https =
  (identity: Identity, handler?: Handler, options?: TlsServerOptions): OpenTarget =>
  async (lifetime) =>
    recorded(await serveHttps(lifetime, identity, handler, options), '/');

/** The same over TLS, with HTTP/2 on offer. */
export const http2 =
  (identity: Identity, handler?: Handler, options?: TlsServerOptions): OpenTarget =>
  async (lifetime) =>
    recorded(await serveHttp2(lifetime, identity, handler, options), '/');

function recorded(server: HttpServer, path: string): Opened {
  return { target: server.origin + path, seen: async () => server.takeRequests().map(requestFacts) };
}

/** What a raw server does after it has sent its bytes. */
export type Ending = 'end' | 'reset' | 'keep';

/** An HTTP URL whose server reads the head of a request, then sends these bytes. */
export const raw =
  (bytes: string | Buffer, ending: Ending = 'end'): OpenTarget =>
  async (lifetime) => {
    const server = await serveTcp(lifetime, (socket) => {
      whenHeadIsRead(socket, () => finish(socket, bytes, ending));
    });
    return { target: `http://${server.address}/` };
  };

/** Sends `bytes` to the socket and ends its connection as told. */
export function finish(socket: Socket, bytes: string | Buffer, ending: Ending): void {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  if (ending === 'end') socket.end(buffer);
  else if (ending === 'reset') socket.write(buffer, () => socket.resetAndDestroy());
  else socket.write(buffer);
}

function whenHeadIsRead(socket: Socket, then: () => void): void {
  let head = '';
  const read = (chunk: Buffer): void => {
    head += chunk.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    socket.off('data', read);
    socket.resume();
    then();
  };
  socket.on('data', read);
}

/** A host and port where nobody listens, after a prefix. */
export const refused =
  (prefix = ''): OpenTarget =>
  async (lifetime) => ({ target: `${prefix}127.0.0.1:${await closedPort(lifetime)}` });

/** A TCP server that runs `script`; it records what it received on each connection. */
export const tcp =
  (script: (socket: Socket) => void = ignore, host?: string): OpenTarget =>
  async (lifetime) => {
    const recorder = new ConversationRecorder();
    const converse = (socket: Socket): void => {
      recorder.expect(socket);
      script(recorder.listen(socket));
    };
    return recorder.opened(await serveTcp(lifetime, converse, host));
  };

/** The same over TLS. */
export const tls =
  (identity: Identity, script: (socket: Socket) => void = ignore, options?: TlsServerOptions): OpenTarget =>
  async (lifetime) => {
    const recorder = new ConversationRecorder();
    const server = await serveTls(lifetime, identity, (socket) => script(recorder.listen(socket)), {
      ...options,
      onConnection: (socket) => recorder.expect(socket),
    });
    return recorder.opened(server);
  };

/** The same target, when what reaches it cannot be compared: handshakes differ in their bytes. */
export function unseen(open: OpenTarget): OpenTarget {
  return async (lifetime) => ({ target: (await open(lifetime)).target });
}

/** Records what the clients of a server say, connection by connection. */
export class ConversationRecorder {
  #ends: Promise<void>[] = [];
  #texts: Buffer[][] = [];

  /** Counts a connection. */
  expect(socket: Socket): void {
    this.#ends.push(new Promise((resolve) => socket.once('close', () => resolve())));
  }

  /** Records what the client says on a stream; returns it. */
  listen<Stream extends Socket>(stream: Stream): Stream {
    const heard: Buffer[] = [];
    this.#texts.push(heard);
    stream.on('data', (chunk: Buffer) => heard.push(chunk));
    return stream;
  }

  opened({ address, accepted }: Listening): Opened {
    return {
      target: address,
      seen: async () => {
        await accepted();
        await Promise.all(this.#ends);
        const seen = this.#ends.map((_, i) => ({ received: Buffer.concat(this.#texts[i] ?? []).toString('latin1') }));
        this.#ends = [];
        this.#texts = [];
        return seen;
      },
    };
  }
}

function ignore(): void {}
