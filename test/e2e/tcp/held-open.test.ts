import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { withoutSs } from '../../kernel/live-kernel.ts';
import { type Kind, plainKinds, serveKind, tlsKinds, trusting } from '../../probers/reasons/kinds.ts';
import { unavailable } from '../../support/peers-available.ts';
import { probeOnce } from '../../support/probe-once.ts';
import { serveProxy, serveSocks } from '../../support/proxy-server.ts';
import { type Lifetime, serveHttp, serveTcp } from '../../support/servers.ts';
import { assertTold, quietConnection } from './ss.ts';

interface Held {
  readonly module: object;
  readonly target: string;
  /** The port that the probe's last connection goes to. */
  readonly port: number;
  readonly connections: number;
}

interface Way {
  readonly name: string;
  open(lifetime: Lifetime): Promise<Held>;
}

/** Takes what comes, and never answers. */
const silent = (socket: Socket): void => void socket.resume();

const portOf = (target: string): number => Number(/:(\d+)$/.exec(target)?.[1]);

const direct = [...plainKinds, ...tlsKinds()].map((kind: Kind): Way => ({
  name: kind.name,
  open: async (t) => {
    const target = await serveKind(t, kind, silent);
    return { module: kind.module, target, port: portOf(target), connections: 1 };
  },
}));

const detours: readonly Way[] = [
  {
    name: 'http behind redirects',
    open: async (t) => {
      const { port } = await serveTcp(t, silent);
      const second = await serveHttp(t, (_, response) => {
        response.writeHead(302, { Location: `http://127.0.0.1:${port}/` }).end();
      });
      const first = await serveHttp(t, (_, response) => {
        response.writeHead(302, { Location: `${second.origin}/` }).end();
      });
      return { module: { prober: 'http' }, target: first.origin, port, connections: 3 };
    },
  },
  {
    name: 'http through a proxy',
    open: async (t) => {
      const [proxy, { address }] = [await serveProxy(t), await serveTcp(t, silent)];
      const http = { proxy_url: `http://127.0.0.1:${proxy.port}` };
      return { module: { prober: 'http', http }, target: `http://${address}`, port: proxy.port, connections: 1 };
    },
  },
  {
    name: 'https through a proxy',
    open: async (t) => {
      const [proxy, kind] = [await serveProxy(t), tlsKinds()[1]];
      assert.ok(kind);
      const http = { proxy_url: `http://127.0.0.1:${proxy.port}`, tls_config: trusting };
      const target = await serveKind(t, kind, silent);
      return { module: { prober: 'http', http }, target, port: proxy.port, connections: 1 };
    },
  },
  {
    name: 'websocket through SOCKS',
    open: async (t) => {
      const [proxy, { address }] = [await serveSocks(t), await serveTcp(t, silent)];
      const websocket = { http_config: { proxy_url: `socks5://127.0.0.1:${proxy.port}` } };
      return {
        module: { prober: 'websocket', websocket },
        target: `ws://${address}`,
        port: proxy.port,
        connections: 1,
      };
    },
  },
];

for (const way of [...direct, ...detours]) {
  test(`${way.name}: the gauges of an open connection are what ss shows`, (t) => compare(t, way));
}

async function compare(t: TestContext, way: Way): Promise<void> {
  const obstacle = withoutSs();
  if (obstacle !== false) return unavailable(t, obstacle);
  const { module, target, port, connections } = await way.open(t);
  const controller = new AbortController();
  const probe = probeOnce(module, target, { signal: controller.signal, timeout: 30 });
  const shown = await quietConnection('127.0.0.1', port);
  controller.abort();
  const { failure, metrics } = await probe;
  assert.equal(failure?.reason, 'cancelled', failure?.message);
  assertTold(metrics, shown);
  assert.equal(metrics.get('probe_tcp_connections'), connections);
  assert.equal(metrics.get('probe_tcp_closed_state{state="closed"}'), 1);
}
