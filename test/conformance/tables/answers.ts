import { networkInterfaces } from 'node:os';
import { serveHttp, serveTcp } from '../../support/servers.ts';
import { otherwise } from '../mends.ts';
import { requestFacts, type ProbeCase } from '../probe-case.ts';
import { http, tcp, type OpenTarget } from '../targets.ts';

const plain = { prober: 'http' };
const short = { prober: 'http', timeout: '800ms' };

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const needsIpv6 = hasIpv6 ? undefined : 'this machine has no IPv6 loopback';

/** A server whose target text is made of its port. */
const at =
  (target: (port: number) => string, host = '127.0.0.1'): OpenTarget =>
  async (lifetime) => {
    const server = await serveHttp(lifetime, undefined, host);
    return { target: target(server.port), seen: async () => server.takeRequests().map(requestFacts) };
  };

const tcpAt =
  (target: (port: number) => string, host = '127.0.0.1'): OpenTarget =>
  async (lifetime) => ({ target: target((await serveTcp(lifetime, () => {}, host)).port) });

const parameters: ProbeCase[] = [
  { name: 'no target', module: plain },
  { name: 'an empty target', module: plain, target: '' },
  { name: 'no module', target: http() },
  { name: 'an empty module', target: http(), query: { module: '' } },
  { name: 'an unknown module', target: http(), query: { module: 'no_such_module' } },
  { name: 'an unknown module and no target', query: { module: 'no_such_module' } },
  { name: 'a hostname for a tcp module', module: { prober: 'tcp' }, target: tcp(), query: { hostname: 'a.test' } },
  { name: 'debug that is false', module: plain, target: http(), query: { debug: 'false' } },
];

const timeouts: ProbeCase[] = [
  { name: 'no timeout at all', module: plain, target: http(), headers: {} },
  { name: 'the timeout of the module', module: { prober: 'http', timeout: '7s' }, target: http() },
  { name: 'a timeout of zero', module: { prober: 'http', timeout: '0s' }, target: http() },
  ...['3', '10', '10.5', '1e1', '0', '', '6.99', '+9'].map((seconds) => ({
    name: `scrape timeout "${seconds}"`,
    module: plain,
    target: http(),
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': seconds },
  })),
  ...['abc', '5s', '1,5', '0x'].map((seconds) => ({
    name: `scrape timeout "${seconds}" is no number`,
    module: plain,
    target: http(),
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': seconds },
  })),
  {
    name: 'a scrape timeout above that of the module',
    module: { prober: 'http', timeout: '2s' },
    target: http(),
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '30' },
  },
  {
    name: 'a scrape timeout below that of the module',
    module: { prober: 'http', timeout: '20s' },
    target: http(),
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '3' },
  },
  {
    name: 'a scrape timeout below the offset, with one of the module',
    module: { prober: 'http', timeout: '2s' },
    target: http(),
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '0.3' },
  },
  {
    name: 'a scrape timeout below the offset',
    differs: otherwise('a scrape timeout below the offset still leaves time for a probe'),
    module: plain,
    target: http(),
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '0.3' },
  },
];

const httpTargets: ProbeCase[] = [
  { name: 'a target without a scheme', module: plain, target: at((port) => `127.0.0.1:${port}`) },
  { name: 'a target without a scheme, with a path', module: plain, target: at((port) => `127.0.0.1:${port}/a/b?c=d`) },
  {
    name: 'a scheme in capitals',
    differs: otherwise('schemes know no capitals, RFC 3986 section 3.1'),
    module: plain,
    target: at((port) => `HTTP://127.0.0.1:${port}/`),
  },
  { name: 'a target without a path', module: plain, target: at((port) => `http://127.0.0.1:${port}`) },
  { name: 'a query without a path', module: plain, target: at((port) => `http://127.0.0.1:${port}?a=b`) },
  { name: 'a query', module: plain, target: at((port) => `http://127.0.0.1:${port}/p?a=b&c=d%20e`) },
  { name: 'an empty query', module: plain, target: at((port) => `http://127.0.0.1:${port}/p?`) },
  { name: 'a fragment', module: plain, target: at((port) => `http://127.0.0.1:${port}/p?a#frag`) },
  { name: 'a plus sign', module: plain, target: at((port) => `http://127.0.0.1:${port}/a+b?c=d+e`) },
  {
    name: 'a target encoded twice',
    module: plain,
    target: at((port) => encodeURIComponent(`http://127.0.0.1:${port}/a?b=c`)),
  },
  { name: 'an escaped percent sign', module: plain, target: at((port) => `http://127.0.0.1:${port}/a%2525`) },
  { name: 'an escaped slash', module: plain, target: at((port) => `http://127.0.0.1:${port}/a%252Fb`) },
  { name: 'a broken escape', module: plain, target: at((port) => `http://127.0.0.1:${port}/a%zz`) },
  { name: 'letters beyond ASCII', module: plain, target: at((port) => `http://127.0.0.1:${port}/gr\u00fc\u00df`) },
  {
    name: 'letters beyond ASCII in the query',
    differs: otherwise('the query is sent in ASCII, as RFC 3986 wants'),
    module: plain,
    target: at((port) => `http://127.0.0.1:${port}/?\u00e9=\u00e8`),
  },
  { name: 'a space in the path', module: plain, target: at((port) => `http://127.0.0.1:${port}/a b`) },
  { name: 'dots in the path', module: plain, target: at((port) => `http://127.0.0.1:${port}/a/../b/./c`) },
  { name: 'two slashes in the path', module: plain, target: at((port) => `http://127.0.0.1:${port}//a//b`) },
  {
    name: 'quotes and brackets in the path',
    module: plain,
    target: at((port) => `http://127.0.0.1:${port}/"<a>{b}|^\`\\?"<a>{b}|^\``),
  },
  {
    name: 'user and password in the URL',
    module: plain,
    target: at((port) => `http://user:pa%2540ss@127.0.0.1:${port}/`),
  },
  { name: 'a user without a password', module: plain, target: at((port) => `http://user@127.0.0.1:${port}/`) },
  {
    name: 'a name in capitals',
    module: { prober: 'http', http: { preferred_ip_protocol: 'ip4' } },
    target: at((port) => `http://LOCALHOST:${port}/`),
  },
  {
    name: 'a name',
    module: { prober: 'http', http: { preferred_ip_protocol: 'ip4' } },
    target: at((port) => `http://localhost:${port}/`),
  },
  {
    name: 'a name without fallback',
    module: { prober: 'http', http: { preferred_ip_protocol: 'ip4', ip_protocol_fallback: false } },
    target: at((port) => `http://localhost:${port}/`),
  },
  { name: 'an IPv6 address', module: plain, skip: needsIpv6, target: at((port) => `http://[::1]:${port}/`, '::1') },
  {
    name: 'an IPv6 address without a scheme',
    module: plain,
    skip: needsIpv6,
    target: at((port) => `[::1]:${port}`, '::1'),
  },
  {
    name: 'a long IPv6 address',
    module: plain,
    skip: needsIpv6,
    target: at((port) => `http://[0:0:0:0:0:0:0:1]:${port}/`, '::1'),
  },
  {
    name: 'an IPv6 address where IPv4 is preferred',
    module: { prober: 'http', http: { preferred_ip_protocol: 'ip4' } },
    skip: needsIpv6,
    target: at((port) => `http://[::1]:${port}/`, '::1'),
  },
  {
    name: 'an IPv6 address where only IPv4 is allowed',
    module: { prober: 'http', http: { preferred_ip_protocol: 'ip4', ip_protocol_fallback: false } },
    skip: needsIpv6,
    target: at((port) => `http://[::1]:${port}/`, '::1'),
  },
  { name: 'an IPv4 address within IPv6', module: plain, target: at((port) => `http://[::ffff:127.0.0.1]:${port}/`) },
];

const badTargets: ProbeCase[] = [
  ...[
    'http://',
    'http:///path',
    'http://127.0.0.1:99999/',
    'http://127.0.0.1:port/',
    'http://[::1',
    'http://[::1]x/',
    'http://a b/',
    'http://%zz/',
    'http://127.0.0.1:1/%',
    'ftp://127.0.0.1:1/',
    'mailto:a@example.test',
    ':80',
    '/path',
    '   ',
    '\u0000',
    'http://\u00e4\u00f6.invalid/',
    'http://a..b.invalid/',
    `http://${'a'.repeat(64)}.invalid/`,
    'http://no-such-name.invalid/',
    'no-such-name.invalid:80',
  ].map((target) => ({ name: `http to ${JSON.stringify(target)}`, module: short, target })),
  ...[
    '127.0.0.1',
    '127.0.0.1:',
    ':1',
    'localhost',
    '127.0.0.1:port',
    '127.0.0.1:99999',
    '127.0.0.1:-1',
    '127.0.0.1:1:2',
    '::1:80',
    '[::1]',
    '[::1',
    'http://127.0.0.1:80',
    'no-such-name.invalid:80',
    ' ',
  ].map((target) => ({
    name: `tcp to ${JSON.stringify(target)}`,
    module: { prober: 'tcp', timeout: '800ms', tcp: { preferred_ip_protocol: 'ip4' } },
    target,
  })),
];

const tcpTargets: ProbeCase[] = [
  {
    name: 'tcp to a name',
    module: { prober: 'tcp', tcp: { preferred_ip_protocol: 'ip4' } },
    target: tcpAt((port) => `localhost:${port}`),
  },
  {
    name: 'tcp to an IPv6 address',
    module: { prober: 'tcp' },
    skip: needsIpv6,
    target: tcpAt((port) => `[::1]:${port}`, '::1'),
  },
  {
    name: 'tcp to a port with a leading zero',
    module: { prober: 'tcp' },
    target: tcpAt((port) => `127.0.0.1:0${port}`),
  },
];

export const answers: readonly ProbeCase[] = [...parameters, ...timeouts, ...httpTargets, ...badTargets, ...tcpTargets];
