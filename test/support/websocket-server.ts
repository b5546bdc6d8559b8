import * as http from 'node:http';
import * as https from 'node:https';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { Identity } from './certificates.ts';
import { listen, type Lifetime, type Listening, type TlsServerOptions } from './servers.ts';

export interface WebSocketListening extends Listening {
  /** `ws://127.0.0.1:PORT` or `wss://...`. */
  readonly origin: string;
  /** The requests for an upgrade since the last call, in the order of their arrival. */
  takeRequests(): http.IncomingMessage[];
  /** The status that the next WebSocket to close was closed with. */
  nextClose(): Promise<number>;
}

export interface WebSocketServerOptions extends TlsServerOptions {
  /** With one the server speaks TLS. */
  readonly identity?: Identity;
  /** What is answered to a request instead of the upgrade; undefined to upgrade. */
  readonly refuse?: (request: http.IncomingMessage) => string | undefined;
  readonly ws?: ServerOptions;
}

/** A WebSocket server that runs `script` on every WebSocket. */
export async function serveWebSocket(
  lifetime: Lifetime,
  script: (socket: WebSocket) => void = ignore,
  { identity, refuse, ws, ...options }: WebSocketServerOptions = {},
): Promise<WebSocketListening> {
  const server =
    identity === undefined
      ? http.createServer()
      : https.createServer({ cert: identity.chain, key: identity.key, ...options });
  const sockets = new WebSocketServer({ noServer: true, ...ws });
  const closes = new Queue<number>();
  let requests: http.IncomingMessage[] = [];
  sockets.on('connection', (socket) => {
    socket.on('error', ignore).on('close', (status) => closes.put(status));
    script(socket);
  });
  server.on('upgrade', (request: http.IncomingMessage, socket, head) => {
    requests.push(request);
    const answer = refuse?.(request);
    if (answer === undefined)
      sockets.handleUpgrade(request, socket, head, (upgraded) => sockets.emit('connection', upgraded));
    else socket.end(answer);
  });
  const listening = await listen(lifetime, server, options.host);
  return {
    ...listening,
    origin: `${identity === undefined ? 'ws' : 'wss'}://${listening.address}`,
    takeRequests: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
    nextClose: () => closes.take(),
  };
}

/** Items that come and are waited for in their order. */
class Queue<T> {
  readonly #items: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];

  put(item: T): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#items.push(item);
    else waiting(item);
  }

  take(): Promise<T> {
    const item = this.#items.shift();
    return item === undefined ? new Promise((settle) => this.#waiting.push(settle)) : Promise.resolve(item);
  }
}

function ignore(): void {}
