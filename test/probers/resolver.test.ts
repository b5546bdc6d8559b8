import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NameServer, serveNames } from '../net/resolver/name-server.ts';
import { prepare, probeOnce } from '../support/probe-once.ts';
import { serveProxy } from '../support/proxy-server.ts';
import { type Lifetime, serveHttp, serveTcp } from '../support/servers.ts';
import { serveTokens } from '../support/token-server.ts';

/** Every name is 127.0.0.1, but those that begin with "none". */
function serveLoopback(lifetime: Lifetime): Promise<NameServer> {
  return serveNames(lifetime, (name) => (name.startsWith('none') ? undefined : { a: ['127.0.0.1'] }));
}

const policy = { preferred_ip_protocol: 'ip4', ip_protocol_fallback: false };

test('the name of a target is asked of the servers of the module', async (t) => {
  const names = await serveLoopback(t);
  const { port } = await serveTcp(t, (socket) => socket.end());
  const probe = prepare({ prober: 'tcp', resolver: { servers: [names.address] } });
  const { success, metrics } = await probe(`target.test:${port}`);
  assert.equal(success, true);
  assert.equal(metrics.get('probe_ip_protocol'), 4);
  assert.deepEqual(names.takeQuestions(), ['A target.test', 'AAAA target.test']);
  const { failure } = await probe(`none.test:${port}`);
  assert.deepEqual([failure?.phase, failure?.reason], ['resolve', 'nxdomain']);
});

test('so are the names of redirects', async (t) => {
  const names = await serveLoopback(t);
  const end = await serveHttp(t);
  const start = await serveHttp(t, (_request, response) => {
    response.writeHead(302, { location: `http://end.test:${end.port}/` }).end();
  });
  const module = { prober: 'http', resolver: { servers: [names.address] }, http: policy };
  assert.equal((await probeOnce(module, `http://start.test:${start.port}/`)).success, true);
  assert.deepEqual(names.takeQuestions(), ['A end.test', 'A start.test']);
});

test('so are those of a proxy, and of the server that gives tokens', async (t) => {
  const names = await serveLoopback(t);
  const target = await serveHttp(t);
  const proxy = await serveProxy(t);
  const tokens = new URL((await serveTokens(t)).url);
  tokens.hostname = 'tokens.test';
  const module = {
    prober: 'http',
    resolver: { servers: [names.address] },
    http: {
      ...policy,
      proxy_url: `http://proxy.test:${proxy.port}`,
      skip_resolve_phase_with_proxy: true,
      oauth2: { client_id: 'client', client_secret: 's3cret word', token_url: tokens.href },
    },
  };
  const { success, failure } = await probeOnce(module, target.origin);
  assert.equal(success, true, failure?.message);
  assert.deepEqual(names.takeQuestions(), ['A proxy.test', 'A tokens.test', 'AAAA proxy.test']);
});

test('a name server that says nothing costs the probe its time, and is named in the failure', async (t) => {
  const names = await serveNames(t, () => 'silent');
  const module = { prober: 'tcp', resolver: { servers: [names.address] } };
  const { failure } = await probeOnce(module, 'target.test:80', { timeout: 0.1 });
  assert.deepEqual([failure?.phase, failure?.reason], ['resolve', 'timeout']);
  assert.match(failure?.message ?? '', new RegExp(`while the name server ${names.address} was asked for target.test$`));
});
