import type { Socket } from 'node:net';
import type { Reason } from '../../../src/net/failure.ts';
import { fullListener } from '../../support/full-listener.ts';
import { untrusted } from '../../support/identities.ts';
import { serveProxy, serveSocks } from '../../support/proxy-server.ts';
import { closedPort, type Lifetime, serveTcp } from '../../support/servers.ts';
import { serveTokens } from '../../support/token-server.ts';
import { type Cause, resetBehindData } from './cause.ts';
import { trusting } from './kinds.ts';

/** What is wrong with a proxy: its URL, once it runs. */
const proxies: readonly (readonly [name: string, reason: Reason, open: (t: Lifetime) => Promise<string>])[] = [
  ['that is not there', 'refused', async (t) => `http://127.0.0.1:${await closedPort(t)}`],
  ['that accepts no connection', 'timeout', async (t) => `http://127.0.0.1:${await fullListener(t)}`],
  ['that is silent', 'timeout', async (t) => `http://127.0.0.1:${(await serveProxy(t, { silent: true })).port}`],
  [
    'that refuses',
    'status',
    async (t) => `http://127.0.0.1:${(await serveProxy(t, { refuse: () => ({ status: 403 }) })).port}`,
  ],
  ['that speaks no HTTP', 'bad_response', (t) => rawProxy(t, (socket) => socket.write('220 mail.test\r\n'))],
  ['that closes', 'closed', (t) => rawProxy(t, (socket) => socket.end())],
  ['that resets', 'reset', (t) => rawProxy(t, (socket) => socket.resetAndDestroy())],
  [
    'that resets within its answer',
    resetBehindData,
    (t) => rawProxy(t, (socket) => socket.write('HTTP/1.1 200 OK\r\n', () => socket.resetAndDestroy())),
  ],
  [
    'that answers without an end',
    'too_large',
    (t) => rawProxy(t, (socket) => socket.write(`HTTP/1.1 200 ${'x'.repeat(70_000)}`)),
  ],
  [
    'whose certificate is not trusted',
    'certificate_untrusted',
    async (t) => `https://127.0.0.1:${(await serveProxy(t, { identity: untrusted() })).port}`,
  ],
  [
    'that should speak TLS, and does not',
    'tls_protocol',
    async (t) => (await rawProxy(t, (socket) => socket.write('HTTP/1.1 400 No\r\n\r\n'))).replace('http', 'https'),
  ],
];

function rawProxy(lifetime: Lifetime, script: (socket: Socket) => void): Promise<string> {
  return serveTcp(lifetime, (socket) => socket.once('data', () => script(socket))).then(
    ({ address }) => `http://${address}`,
  );
}

const probers = [
  [
    'http',
    'https://127.0.0.1:1',
    (proxy_url: string) => ({ prober: 'http', http: { proxy_url, tls_config: trusting } }),
  ],
  [
    'websocket',
    'ws://127.0.0.1:1',
    (proxy_url: string) => ({
      prober: 'websocket',
      websocket: { http_config: { proxy_url, tls_config: trusting } },
    }),
  ],
] as const;

const brokenProxies = proxies.flatMap(([name, reason, open]) =>
  probers.map(([prober, target, module]): Cause => ({
    name: `${prober} through a proxy ${name}`,
    phase: 'proxy',
    reason,
    tells: { probe_tcp_connections: 1 },
    arrange: async (t) => ({ module: module(await open(t)), target }),
  })),
);

/** REP of RFC 1928, section 6. */
const socksReplies: readonly (readonly [reply: number, reason: Reason])[] = [
  [1, 'status'],
  [2, 'permission'],
  [3, 'unreachable'],
  [4, 'unreachable'],
  [5, 'refused'],
  [7, 'status'],
  [99, 'bad_response'],
];

const refusedBySocks = socksReplies.map(([reply, reason]): Cause => ({
  name: `http through SOCKS that replies ${reply}`,
  phase: 'proxy',
  reason,
  arrange: async (t) => ({
    module: { prober: 'http', http: { proxy_url: `socks5://127.0.0.1:${(await serveSocks(t, { reply })).port}` } },
    target: 'http://127.0.0.1:1',
  }),
}));

const oauth2 = (token_url: string, options: object = {}): object => ({
  prober: 'http',
  http: { oauth2: { client_id: 'client', client_secret: 's3cret word', token_url, ...options } },
});

const tokens: readonly Cause[] = [
  {
    name: 'a server of tokens that is not there',
    phase: 'request',
    reason: 'oauth2',
    arrange: async (t) => ({ module: oauth2(`http://127.0.0.1:${await closedPort(t)}`), target: '127.0.0.1:1' }),
  },
  {
    name: 'a server that gives no token',
    phase: 'request',
    reason: 'oauth2',
    arrange: async (t) => ({
      module: oauth2((await serveTokens(t, { status: 400, answer: { error: 'invalid_scope' } })).url),
      target: '127.0.0.1:1',
    }),
  },
  {
    name: 'a server of tokens that is silent',
    phase: 'request',
    reason: 'timeout',
    arrange: async (t) => ({ module: oauth2((await serveTokens(t, { silent: true })).url), target: '127.0.0.1:1' }),
  },
  {
    name: 'a client_secret_file that is not there',
    phase: 'request',
    reason: 'unusable_file',
    arrange: () => ({
      module: {
        prober: 'http',
        http: {
          oauth2: { client_id: 'client', client_secret_file: '/nonexistent/secret', token_url: 'http://127.0.0.1:1' },
        },
      },
      target: '127.0.0.1:1',
    }),
  },
];

export const helpers: readonly Cause[] = [...brokenProxies, ...refusedBySocks, ...tokens];
