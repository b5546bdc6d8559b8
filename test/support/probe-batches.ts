import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { parseExposition, type Family } from './exposition.ts';
import { serveGrpc } from './grpc-server.ts';
import { root, valid } from './identities.ts';
import { serveMail } from './mail-server.ts';
import { serveHttp, serveHttp2, serveHttps, serveTcp, serveTls, type Lifetime } from './servers.ts';
import { serveWebSocket } from './websocket-server.ts';

const tls_config = { ca: root.cert, server_name: 'localhost' };

const probers = {
  http: { prober: 'http' },
  https: { prober: 'http', http: { tls_config } },
  https_h2: { prober: 'http', http: { tls_config, valid_http_versions: ['HTTP/2.0'] } },
  tcp: { prober: 'tcp', tcp: { query_response: [{ expect: '^hello' }] } },
  tcp_tls: { prober: 'tcp', tcp: { tls: true, tls_config, query_response: [{ expect: '^hello' }] } },
  starttls: {
    prober: 'tcp',
    tcp: {
      tls_config,
      query_response: [
        { expect: '^220' },
        { send: 'STARTTLS\r' },
        { expect: '^220' },
        { starttls: true },
        { send: 'EHLO prober\r' },
        { expect: '^250 AUTH' },
      ],
    },
  },
  grpc: { prober: 'grpc' },
  grpc_tls: { prober: 'grpc', grpc: { tls: true, tls_config } },
  websocket: { prober: 'websocket', websocket: { query_response: [{ expect: '^hello' }] } },
  websocket_tls: {
    prober: 'websocket',
    websocket: { http_config: { tls_config }, query_response: [{ expect: '^hello' }] },
  },
} as const;

export type Kind = keyof typeof probers;
export const kinds = Object.keys(probers) as readonly Kind[];

/** One module a kind that resets its connections, and one, `NAME_fin`, that ends them the ordinary way. */
export const batchConfig = JSON.stringify({
  modules: Object.fromEntries(
    kinds.flatMap((kind) => [
      [kind, { ...probers[kind], timeout: '10s' }],
      [`${kind}_fin`, { ...probers[kind], timeout: '10s', connection: { close: 'fin' } }],
    ]),
  ),
});

export interface BatchTarget {
  readonly target: string;
  readonly port: number;
}

/** Opens what a batch of one kind probes. */
export async function openTarget(lifetime: Lifetime, kind: Kind, host = '127.0.0.1'): Promise<BatchTarget> {
  return named(await openers[kind](lifetime, host));
}

const openers: Readonly<Record<Kind, (lifetime: Lifetime, host: string) => Promise<Named>>> = {
  http: (lifetime, host) => serveHttp(lifetime, undefined, host),
  https: (lifetime, host) => serveHttps(lifetime, valid(), undefined, { host }),
  https_h2: (lifetime, host) => serveHttp2(lifetime, valid(), undefined, { host, quiet: true }),
  tcp: (lifetime, host) => serveTcp(lifetime, greet, host),
  tcp_tls: (lifetime, host) => serveTls(lifetime, valid(), greet, { host, quiet: true }),
  starttls: (lifetime, host) => serveMail(lifetime, valid(), { host }),
  grpc: (lifetime, host) => serveGrpc(lifetime, undefined, { host }),
  grpc_tls: (lifetime, host) => serveGrpc(lifetime, undefined, { host, identity: valid() }),
  websocket: (lifetime, host) => serveWebSocket(lifetime, sayHello, { host }),
  websocket_tls: (lifetime, host) => serveWebSocket(lifetime, sayHello, { host, identity: valid() }),
};

function sayHello(socket: WebSocket): void {
  socket.send('hello');
}

function greet(socket: Socket): void {
  socket.write('hello\r\n');
  socket.resume();
}

interface Named {
  readonly address: string;
  readonly origin?: string;
  readonly port: number;
}

function named({ address, origin = address, port }: Named): BatchTarget {
  return { target: origin, port };
}

const concurrency = 16;

export interface BatchResult {
  /** How many probes found their socket in which state after its close. */
  readonly closedStates: Readonly<Record<string, number>>;
  /** The answer of the last probe. */
  readonly last: ReadonlyMap<string, Family>;
}

/** Probes `count` times, several at once; every probe has to succeed. */
export async function probeBatch(
  exporter: string,
  module: string,
  target: string,
  count: number,
): Promise<BatchResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const url = `${exporter}/probe?${new URLSearchParams({ module, target }).toString()}`;
  let left = count;
  let last = '';
  const closedStates: Record<string, number> = {};
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      last = await text(agent, url);
      assert.match(last, /^probe_success 1$/m, `${module}: ${last}`);
      const state = /^probe_tcp_closed_state\{state="(\w+)"\} 1$/m.exec(last)?.[1];
      if (state !== undefined) closedStates[state] = (closedStates[state] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));
  agent.destroy();
  return { closedStates, last: parseExposition(last) };
}

function text(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body)).on('error', reject);
    });
    sent.on('error', reject).end();
  });
}
