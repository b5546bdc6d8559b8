import { foreignRoot, identity, valid, wrongHost } from '../../support/identities.ts';
import { type ProxyOptions, type ProxyServer, serveProxy, serveSocks } from '../../support/proxy-server.ts';
import type { Lifetime } from '../../support/servers.ts';
import { type Marks, otherwise, reached } from '../mends.ts';
import { type ProbeCase, requestFacts } from '../probe-case.ts';
import { http as plain, http2 as secure2, https as secure, type OpenTarget, refused } from '../targets.ts';
import { trusting } from '../tls-cases.ts';

/** A proxy's port stands in the configuration: it is there as long as the process, which it does not keep alive. */
const whileProcessLasts: Lifetime = { after: () => {} };

interface Row {
  readonly proxy?: ProxyOptions;
  /** Other than `http://127.0.0.1:PORT`. */
  readonly url?: (port: number) => string;
  readonly options?: object;
  readonly open?: OpenTarget;
  readonly differs?: Marks;
}

async function through(name: string, row: Row = {}): Promise<ProbeCase> {
  const proxy = await serveProxy(whileProcessLasts, row.proxy);
  const url = row.url ?? ((port) => `http://127.0.0.1:${port}`);
  return {
    name,
    module: { prober: 'http', http: { preferred_ip_protocol: 'ip4', proxy_url: url(proxy.port), ...row.options } },
    target: seenBy(proxy, row.open ?? plain()),
    ...(row.differs !== undefined && { differs: row.differs }),
  };
}

const seenBy =
  (proxy: ProxyServer, open: OpenTarget): OpenTarget =>
  async (lifetime) => {
    const { target, seen } = await open(lifetime);
    return { target, seen: async () => [...proxy.takeRequests().map(requestFacts), ...((await seen?.()) ?? [])] };
  };

/** The same target by a name, which this machine resolves to the same address. */
const byName =
  (open: OpenTarget, name: string): OpenTarget =>
  async (lifetime) => {
    const opened = await open(lifetime);
    return { ...opened, target: opened.target.replace('127.0.0.1', name) };
  };

const tunnelled: Marks = { 'request 1 header user-agent': 'CONNECT names this exporter, too, and not Go' };
const tls_config = trusting;

const requests = [
  through('http'),
  through('http, by name', { open: byName(plain(), 'localhost') }),
  through('http, with a query', { open: plain(undefined, '/a%20b?c=d') }),
  through('POST', { options: { method: 'POST', body: 'form', headers: { 'Content-Type': 'text/plain' } } }),
  through('a Host header', {
    options: { headers: { Host: 'virtual.test' } },
    proxy: { refuse: () => ({ status: 204 }) },
  }),
  through('basic_auth for the target', { options: { basic_auth: { username: 'user', password: 'pass' } } }),
  through('a user of the proxy', { url: (port) => `http://user:p%40ss@127.0.0.1:${port}` }),
  through('a user of the proxy without a password', { url: (port) => `http://user@127.0.0.1:${port}` }),
  through('proxy_connect_header without CONNECT', { options: { proxy_connect_header: { 'X-Key': ['a'] } } }),
  through('a proxy that wants to know who asks', { proxy: { refuse: () => ({ status: 407 }) } }),
  through('a proxy that cannot reach the target', { open: refused('http://') }),
  through('a name that only the proxy resolves', {
    options: { skip_resolve_phase_with_proxy: true },
    open: byName(plain(), 'only.proxy.test'),
  }),
  through('an address with skip_resolve_phase_with_proxy', { options: { skip_resolve_phase_with_proxy: true } }),
  through('a name that only the proxy would resolve', { open: byName(plain(), 'only.proxy.test') }),
  through('an empty no_proxy', { options: { no_proxy: '' } }),
  through('a redirect', {
    open: plain(
      (request, response) => void response.writeHead(request.url === '/' ? 302 : 200, { Location: '/next' }).end(),
    ),
  }),
  through('a redirect to a name that only the proxy resolves', {
    open: async (lifetime) => {
      const next = await plain()(lifetime);
      const location = next.target.replace('127.0.0.1', 'only.proxy.test');
      return await plain((_, response) => void response.writeHead(302, { Location: location }).end())(lifetime);
    },
  }),
];

const tunnels = [
  through('https', { options: { tls_config }, open: secure(valid()), differs: tunnelled }),
  through('https, by name', {
    options: { tls_config },
    open: byName(secure(valid()), 'localhost'),
    differs: tunnelled,
  }),
  through('https and HTTP/2', { options: { tls_config }, open: secure2(valid()), differs: tunnelled }),
  through('https, a name that only the proxy resolves', {
    options: { tls_config, skip_resolve_phase_with_proxy: true },
    open: byName(secure(identity('only-proxy', { names: ['only.proxy.test'] })), 'only.proxy.test'),
    differs: tunnelled,
  }),
  through('CONNECT with a user', {
    url: (port) => `http://user:p%40ss@127.0.0.1:${port}`,
    options: { tls_config },
    open: secure(valid()),
    differs: tunnelled,
  }),
  through('CONNECT with headers', {
    options: { tls_config, proxy_connect_header: { 'X-Key': ['a', 'b'], 'User-Agent': ['prober'] } },
    open: secure(valid()),
  }),
  through('CONNECT is refused', {
    proxy: { refuse: () => ({ status: 403 }) },
    options: { tls_config },
    open: secure(valid()),
    differs: { ...tunnelled, ...reached('connect') },
  }),
  through('CONNECT wants to know who asks', {
    proxy: { refuse: () => ({ status: 407 }) },
    options: { tls_config, valid_status_codes: [407] },
    open: secure(valid()),
    differs: { ...tunnelled, ...reached('connect') },
  }),
  through('CONNECT is answered with what is no HTTP', {
    proxy: { rawAnswer: 'SSH-2.0-x\r\n' },
    options: { tls_config },
    open: secure(valid()),
    differs: { ...tunnelled, ...reached('connect') },
  }),
  through('CONNECT is answered with 201', {
    proxy: { refuse: () => ({ status: 201 }) },
    options: { tls_config },
    open: secure(valid()),
    differs: { ...tunnelled, ...reached('connect') },
  }),
  through('the target behind a tunnel is not trusted', {
    options: { tls_config: { ca: foreignRoot.cert } },
    open: secure(valid()),
    differs: { ...tunnelled, ...reached('connect', 'tls') },
  }),
  through('the target behind a tunnel is another', {
    options: { tls_config },
    open: secure(wrongHost()),
    differs: { ...tunnelled, ...reached('connect', 'tls') },
  }),
];

const overTls = [
  through('a proxy over TLS, unverified', {
    proxy: { identity: valid() },
    url: (port) => `https://127.0.0.1:${port}`,
    options: { tls_config: { insecure_skip_verify: true } },
    differs: {
      probe_http_ssl: "the proxy's TLS is not the target's",
      probe_ssl_earliest_cert_expiry: "the proxy's certificate is not the target's",
      probe_ssl_last_chain_info: "the proxy's certificate is not the target's",
      probe_tls_cipher_info: "the proxy's TLS is not the target's",
      probe_tls_version_info: "the proxy's TLS is not the target's",
    },
  }),
  through('a tunnel over TLS', {
    proxy: { identity: valid() },
    url: (port) => `https://127.0.0.1:${port}`,
    options: { tls_config },
    open: secure(valid()),
    differs: tunnelled,
  }),
  through("a tunnel over TLS with the target's server name", {
    proxy: { identity: valid() },
    url: (port) => `https://127.0.0.1:${port}`,
    options: { tls_config: { ...tls_config, server_name: 'other.test' } },
    open: secure(wrongHost()),
    differs: otherwise("server_name is the target's: the peer wants it of the proxy, too"),
  }),
];

const exceptions = [
  through('no_proxy for the address', { options: { no_proxy: '10.0.0.0/8,127.0.0.1' } }),
  through('no_proxy for everything', { options: { no_proxy: '*' } }),
  through('no_proxy for another name', { options: { no_proxy: 'example.com' } }),
  through('no_proxy with CONNECT', { options: { no_proxy: 'example.com', tls_config }, open: secure(valid()) }),
];

/** Nobody listens on the port of tcpmux. */
const absent: ProbeCase = {
  name: 'a proxy that is not there',
  module: { prober: 'http', http: { proxy_url: 'http://127.0.0.1:1' } },
  target: plain(),
  differs: reached('connect'),
};

async function bySocks(
  name: string,
  options: Parameters<typeof serveSocks>[1],
  open: OpenTarget,
  more: object = {},
): Promise<ProbeCase> {
  const proxy = await serveSocks(whileProcessLasts, options);
  const user = options?.password === true ? 'user:pass@' : '';
  return {
    name,
    module: { prober: 'http', http: { proxy_url: `socks5://${user}127.0.0.1:${proxy.port}`, tls_config, ...more } },
    target: open,
    ...(options?.reply !== undefined && { differs: reached('connect') }),
  };
}

const socks = [
  bySocks('SOCKS', {}, plain()),
  bySocks('SOCKS to https', {}, secure(valid())),
  bySocks('SOCKS with a user', { password: true }, plain()),
  bySocks('SOCKS to a name', {}, byName(plain(), 'only.proxy.test'), { skip_resolve_phase_with_proxy: true }),
  bySocks('SOCKS that is refused', { reply: 5 }, plain()),
];

/** Modules with a proxy. */
export const proxy: readonly ProbeCase[] = [
  ...(await Promise.all([...requests, ...tunnels, ...overTls, ...exceptions, ...socks])),
  absent,
];
