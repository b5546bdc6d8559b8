import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Identity } from './certificates.ts';
import { type Lifetime, listen, type SeenRequest } from './servers.ts';

/** What a proxy answers instead of doing what it is asked; undefined to do it. */
export type Refusal = (
  request: http.IncomingMessage,
) => { status: number; headers?: Record<string, string> } | undefined;

export interface ProxyOptions {
  /** With it the proxy speaks TLS. */
  readonly identity?: Identity;
  readonly refuse?: Refusal;
  /** Sent for CONNECT, instead of any answer; the connection then ends. */
  readonly rawAnswer?: string;
  /** Leaves CONNECT without an answer. */
  readonly silent?: boolean;
}

export interface ProxyServer {
  readonly port: number;
  /** What has been asked of it since the last call. */
  takeRequests(): SeenRequest[];
}

/** An HTTP proxy on a free port, to which every name stands for 127.0.0.1. It keeps no process alive. */
export async function serveProxy(lifetime: Lifetime, options: ProxyOptions = {}): Promise<ProxyServer> {
  let requests: SeenRequest[] = [];
  const { identity, refuse = () => undefined } = options;
  const server =
    identity === undefined ? http.createServer() : https.createServer({ cert: identity.chain, key: identity.key });
  server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
    requests.push(describe(request));
    const refusal = refuse(request);
    if (refusal === undefined) forward(request, response);
    else response.writeHead(refusal.status, refusal.headers).end();
  });
  server.on('connect', (request: http.IncomingMessage, client: Duplex) => {
    client.on('error', ignore);
    requests.push(describe(request));
    if (options.silent === true) return;
    const refusal = refuse(request);
    if (options.rawAnswer !== undefined) client.end(options.rawAnswer);
    else if (refusal === undefined) tunnel(client, Number(/:(\d+)$/.exec(request.url ?? '')?.[1]));
    else client.end(`HTTP/1.1 ${refusal.status} Refused\r\nContent-Length: 0\r\n\r\n`);
  });
  server.unref();
  const { port } = await listen(lifetime, server);
  return {
    port,
    takeRequests: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
  };
}

function forward(request: http.IncomingMessage, response: http.ServerResponse): void {
  const url = new URL(request.url ?? '');
  const { 'proxy-authorization': _, ...headers } = request.headers;
  const onward = http.request(
    {
      host: '127.0.0.1',
      port: url.port,
      path: url.pathname + url.search,
      method: request.method,
      headers,
      agent: false,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.writeHead(502).end());
  request.pipe(onward);
}

function tunnel(client: Duplex, port: number): void {
  const target = net.connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    client.pipe(target).pipe(client);
  });
  target.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  client.once('close', () => target.destroy());
}

function describe(request: http.IncomingMessage): SeenRequest {
  const headers = Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]);
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    version: request.httpVersion,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: '',
  };
}

export interface SocksServer {
  readonly port: number;
  /** The user and password that the last client gave, between colons; undefined when it gave none. */
  readonly credentials: string | undefined;
  /** The targets that were asked for, as `type host:port`. */
  readonly targets: readonly string[];
}

/** A SOCKS 5 proxy (RFC 1928) on a free port, to which every name stands for 127.0.0.1; `reply` is its answer to CONNECT. */
export async function serveSocks(lifetime: Lifetime, { password = false, reply = 0 } = {}): Promise<SocksServer> {
  const seen: { credentials: string | undefined; targets: string[] } = { credentials: undefined, targets: [] };
  const server = net.createServer((client) => {
    client.on('error', ignore);
    converse(client, password, reply, seen).catch(() => client.destroy());
  });
  server.unref();
  const { port } = await listen(lifetime, server);
  return Object.assign(seen, { port });
}

async function converse(
  client: net.Socket,
  password: boolean,
  reply: number,
  seen: { credentials: string | undefined; targets: string[] },
): Promise<void> {
  const [, count = 0] = await take(client, 2);
  await take(client, count);
  client.write(Buffer.from([5, password ? 2 : 0]));
  if (password) {
    const user = await takeText(client, 1);
    seen.credentials = `${user}:${await takeText(client, 0)}`;
    client.write(Buffer.from([1, 0]));
  }
  const [, , , type] = await take(client, 4);
  const host = type === 3 ? await takeText(client, 0) : [...(await take(client, type === 1 ? 4 : 16))].join('.');
  const port = (await take(client, 2)).readUInt16BE();
  seen.targets.push(`${type} ${host}:${port}`);
  const answer = Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]);
  if (reply !== 0) {
    client.end(answer);
    return;
  }
  const target = net.connect(port, '127.0.0.1', () => {
    client.write(answer);
    client.pipe(target).pipe(client);
  });
  target.on('error', () => client.destroy());
  client.once('close', () => target.destroy());
}

/** A text behind its length, which itself stands behind `skipped` bytes. */
async function takeText(client: net.Socket, skipped: number): Promise<string> {
  const head = await take(client, skipped + 1);
  return (await take(client, head[skipped] ?? 0)).toString();
}

async function take(client: net.Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = client.read(count) as Buffer | null;
    if (bytes !== null || count === 0) return bytes ?? Buffer.alloc(0);
    await new Promise<void>((settle, reject) => {
      client.once('readable', settle).once('end', () => reject(new Error('the client has gone')));
    });
  }
}

function ignore(): void {}
