import { serveNames, type Entry } from '../../net/resolver/name-server.ts';
import { closedUdpPort } from '../dns/servers.ts';
import type { Cause } from './cause.ts';

/** What a name server has for each of these; it knows no other name. */
const zone: Readonly<Record<string, Entry>> = {
  'empty.test': {},
  'broken.test': { rcode: 2 },
  'refused.test': { rcode: 5 },
  'silent.test': 'silent',
};

const verdicts = [
  ['a name that does not exist', 'none.test', 'nxdomain'],
  ['a name without an address', 'empty.test', 'no_address'],
  ['a name at which its server fails', 'broken.test', 'dns_error'],
  ['a name that its server refuses', 'refused.test', 'dns_error'],
  ['a name that nobody answers', 'silent.test', 'timeout'],
] as const;

const probes: readonly (readonly [module: object, target: (name: string) => string])[] = [
  [{ prober: 'http' }, (name) => `http://${name}/`],
  [{ prober: 'tcp' }, (name) => `${name}:1`],
  [{ prober: 'dns', dns: { query_name: 'example.test' } }, (name) => name],
  [{ prober: 'icmp' }, (name) => name],
  [{ prober: 'grpc' }, (name) => `${name}:1`],
  [{ prober: 'websocket' }, (name) => `ws://${name}/`],
];

const tells = { probe_ip_protocol: 0, probe_ip_addr_hash: 0, probe_dns_lookup_time_seconds: undefined };

const answers = probes.flatMap(([module, target]) =>
  verdicts.map(([name, host, reason]): Cause => ({
    name: `${JSON.stringify(module)} to ${name}`,
    phase: 'resolve',
    reason,
    tells,
    arrange: async (t) => {
      const { address } = await serveNames(t, (asked) => zone[asked]);
      return { module: { ...module, resolver: { servers: [address] } }, target: target(host) };
    },
  })),
);

const absent = probes.map(([module, target]): Cause => ({
  name: `${JSON.stringify(module)} to a name whose server is not there`,
  phase: 'resolve',
  reason: 'refused',
  tells,
  arrange: async () => {
    const servers = [`127.0.0.1:${await closedUdpPort()}`];
    return { module: { ...module, resolver: { servers } }, target: target('a.test') };
  },
}));

const ofProxies = verdicts.map(([name, host, reason]): Cause => ({
  name: `http through a proxy of ${name}`,
  phase: 'proxy',
  reason,
  arrange: async (t) => {
    const { address } = await serveNames(t, (asked) => zone[asked]);
    const http = { proxy_url: `http://${host}:3128` };
    return { module: { prober: 'http', http, resolver: { servers: [address] } }, target: 'http://127.0.0.1:1' };
  },
}));

/** `resolver: {timeout}` is a deadline of its own. */
const slow: Cause = {
  name: 'a name server that is slower than its module allows',
  phase: 'resolve',
  reason: 'timeout',
  arrange: async (t) => {
    const { address } = await serveNames(t, () => 'silent');
    const resolver = { servers: [address], timeout: '50ms', attempts: 1 };
    return { module: { prober: 'tcp', resolver }, target: 'a.test:1', timeout: 10 };
  },
};

export const names: readonly Cause[] = [...answers, ...absent, ...ofProxies, slow];
