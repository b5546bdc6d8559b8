import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startExporter, startPeer } from '../support/exporter.ts';
import { findTool } from '../support/peers-available.ts';
import { serveProxy } from '../support/proxy-server.ts';
import { type Lifetime, serveHttp } from '../support/servers.ts';
import { judge } from './compare.ts';
import { requestFacts } from './probe-case.ts';
import { probeBoth } from './side-by-side.ts';

const config = `modules:
  through:
    prober: http
    http: {proxy_from_environment: true, skip_resolve_phase_with_proxy: true, preferred_ip_protocol: ip4}
  resolving:
    prober: http
    http: {proxy_from_environment: true, preferred_ip_protocol: ip4}
`;

/** Targets by a name (to a proxy every name is 127.0.0.1), the module, and whether the proxy is asked. */
const rows: readonly (readonly [host: string, module: string, asked: boolean])[] = [
  ['only.proxy.test', 'through', true],
  ['a.direct.test', 'through', false],
  ['127.0.0.1', 'through', false],
  ['localhost', 'through', false],
  ['127.0.0.1', 'resolving', false],
];

test('reads the proxies of the environment as blackbox_exporter does', async (t) => {
  const program = findTool(t, 'blackbox_exporter');
  if (program === undefined) return;
  const proxy = await serveProxy(t);
  const env = {
    http_proxy: `127.0.0.1:${proxy.port}`,
    HTTP_PROXY: 'http://127.0.0.1:1',
    no_proxy: 'other.test, .direct.test',
    NO_PROXY: '*',
    PATH: process.env['PATH'],
  };
  const [peer, ours] = await Promise.all([startPeer(t, program, { config, env }), startExporter(t, { config, env })]);
  for (const [host, module, asked] of rows) {
    await t.test(`${host} by the module ${module}`, async (t) => {
      const target = async (lifetime: Lifetime) => {
        const server = await serveHttp(lifetime);
        const seen = async () => [...proxy.takeRequests(), ...server.takeRequests()].map(requestFacts);
        return { target: `http://${host}:${server.port}/`, seen };
      };
      const row = { name: host, target };
      const { found, ours: outcome } = await probeBoth(t, { peer, ours }, row, module);
      assert.deepEqual(judge(found).unexplained, []);
      const requests = outcome.seen.map(({ url }) => url?.startsWith('http://') ?? false);
      assert.equal(requests.includes(true), asked);
    });
  }
});
