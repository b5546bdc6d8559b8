import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Reason } from '../../../src/net/failure.ts';
import type { Lifetime } from '../../support/servers.ts';
import { serveTcp } from '../../support/servers.ts';
import type { Cause } from './cause.ts';
import { kindOf, plainKinds, tlsKinds } from './kinds.ts';

/** Runs a program of the system; throws when it fails. */
function run(program: string, ...words: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`, { cause: error });
}

/**
 * Makes of this process's network namespace one in which everything goes wrong: addresses by what happens to packets
 * to them. Nothing of it leaves the namespace.
 */
export function spoilNetwork(): void {
  run('ip', 'link', 'set', 'lo', 'up');
  for (const [address, type] of [
    ['198.51.100.1', 'unreachable'],
    ['198.51.100.2', 'prohibit'],
    ['198.51.100.3', 'blackhole'],
  ] as const) {
    run('ip', 'route', 'add', type, address);
  }
  // A link to nobody, whom the kernel soon gives up to ask who has an address.
  run('ip', 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far');
  run('sh', '-c', 'cd /proc/sys/net/ipv4/neigh/near && echo 1 > mcast_solicit && echo 100 > retrans_time_ms');
  run('ip', 'address', 'add', '198.51.100.17/28', 'dev', 'near');
  for (const end of ['near', 'far']) run('ip', 'link', 'set', end, 'up');
  run('nft', 'add table ip t; add chain ip t i { type filter hook input priority 0; }');
  run('nft', 'add chain ip t o { type filter hook output priority 0; }');
  for (const [address, verdict] of rejections) run('nft', `add rule ip t i ip daddr ${address} ${verdict}`);
  run('nft', 'add rule ip t o ip daddr 127.0.1.20 drop');
}

const rejections = [
  ['127.0.1.1', 'drop'],
  ['127.0.1.2', 'reject with icmp type host-unreachable'],
  ['127.0.1.3', 'reject with icmp type net-unreachable'],
  ['127.0.1.4', 'reject with icmp type admin-prohibited'],
  ['127.0.1.5', 'reject with icmp type port-unreachable'],
  ['127.0.1.6', 'reject with icmp type prot-unreachable'],
  ['127.0.1.7', 'meta l4proto tcp reject with tcp reset'],
] as const;

const query = { query_name: 'example.test' };
const kinds = [...plainKinds, ...tlsKinds()];
const all = [...kinds.map(({ name }) => name), 'dns over UDP', 'icmp'];
const tcpOnly = kinds.map(({ name }) => name);

/** What becomes of packets to an address, who hears of it, and what it is then told as. */
const places: readonly (readonly [address: string, fate: string, probers: readonly string[], reason: Reason])[] = [
  ['198.51.100.9', 'has no route', all, 'unreachable'],
  ['198.51.100.1', 'has an unreachable route', all, 'unreachable'],
  ['198.51.100.2', 'has a prohibited route', all, 'permission'],
  ['198.51.100.3', 'has a route into a black hole', all, 'unreachable'],
  ['198.51.100.18', 'nobody on the link has', tcpOnly, 'unreachable'],
  ['127.0.1.1', 'swallows packets', tcpOnly, 'timeout'],
  ['127.0.1.2', 'is an unreachable host', tcpOnly, 'unreachable'],
  ['127.0.1.3', 'is in an unreachable network', tcpOnly, 'unreachable'],
  ['127.0.1.4', 'is prohibited', tcpOnly, 'unreachable'],
  ['127.0.1.5', 'refuses by ICMP', tcpOnly, 'refused'],
  ['127.0.1.6', 'knows no TCP', tcpOnly, 'unreachable'],
  ['127.0.1.7', 'refuses by a reset', tcpOnly, 'refused'],
];

function probeOf(name: string, address: string): { module: object; target: string } {
  if (name === 'icmp') return { module: { prober: 'icmp' }, target: address };
  if (name === 'dns over UDP') return { module: { prober: 'dns', dns: query }, target: `${address}:9` };
  const { module, scheme } = kindOf(name);
  return { module, target: `${scheme}${address}:9` };
}

const onTheWay = places.flatMap(([address, fate, probers, reason]) =>
  probers.map((name): Cause => ({
    name: `${name} to an address that ${fate}`,
    phase: 'connect',
    reason,
    tells: { probe_ip_protocol: 4 },
    arrange: () => probeOf(name, address),
  })),
);

/** The same of what is told only once a datagram is under way. */
const answered: readonly (readonly [name: string, address: string, fate: string, reason: Reason])[] = [
  ['dns over UDP', '127.0.1.1', 'swallows packets', 'timeout'],
  // The system tells sockets of UDP only of ports that are closed.
  ['dns over UDP', '127.0.1.2', 'is an unreachable host', 'timeout'],
  ['dns over UDP', '127.0.1.5', 'refuses by ICMP', 'refused'],
  ['icmp', '198.51.100.18', 'nobody on the link has', 'unreachable'],
  ['icmp', '127.0.1.1', 'swallows packets', 'timeout'],
  ['icmp', '127.0.1.2', 'is an unreachable host', 'unreachable'],
  ['icmp', '127.0.1.4', 'is prohibited', 'unreachable'],
];

const byDatagram: readonly Cause[] = [
  ...answered.map(([name, address, fate, reason]): Cause => ({
    name: `${name} to an address that ${fate}`,
    phase: 'response',
    reason,
    arrange: () => probeOf(name, address),
  })),
  {
    name: 'icmp that a firewall of this machine drops',
    phase: 'connect',
    reason: 'permission',
    arrange: () => probeOf('icmp', '127.0.1.20'),
  },
  {
    name: 'dns over UDP that a firewall of this machine drops',
    phase: 'response',
    reason: 'permission',
    arrange: () => probeOf('dns over UDP', '127.0.1.20'),
  },
  {
    name: 'icmp with a packet that is too large for the interface',
    phase: 'connect',
    reason: 'too_large',
    arrange: () => {
      const icmp = { dont_fragment: true, payload_size: 65_500 };
      run('ip', 'link', 'set', 'lo', 'mtu', '60000');
      return { module: { prober: 'icmp', icmp }, target: '127.0.0.1' };
    },
  },
];

export const network: readonly Cause[] = [...onTheWay, ...byDatagram];

/** In a namespace that has no IPv6 any more. */
export const withoutIpv6: readonly Cause[] = all.map((name): Cause => ({
  name: `${name} over IPv6, which this machine does not have`,
  phase: 'connect',
  reason: 'unreachable',
  tells: { probe_ip_protocol: 6 },
  arrange: () => {
    run('sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6');
    return probeOf(name, name === 'icmp' ? '::1' : '[::1]');
  },
}));

/** Holds all local ports that there are towards a target; gives it. */
async function holdPorts(lifetime: Lifetime): Promise<string> {
  run('sh', '-c', 'echo 40000 40003 > /proc/sys/net/ipv4/ip_local_port_range');
  const held: Socket[] = [];
  lifetime.after(async () => {
    for (const socket of held) socket.destroy();
    run('sh', '-c', 'echo 32768 60999 > /proc/sys/net/ipv4/ip_local_port_range');
  });
  const { port, address } = await serveTcp(lifetime, () => {});
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const failed = once(socket, 'error');
    const connected = once(socket, 'connect').then(() => undefined);
    const error = await Promise.race([failed, connected]).catch((error: unknown) => [error]);
    if (error !== undefined) return address;
    held.push(socket);
  }
}

/** One after the other: they use up what is for all. */
export const localPorts: readonly Cause[] = [
  ...kinds.map(({ name, module, scheme }) => ({ name, module, scheme })),
  { name: 'tcp from an address', module: { prober: 'tcp', tcp: { source_ip_address: '127.0.0.1' } }, scheme: '' },
].map(({ name, module, scheme }): Cause => ({
  name: `${name} without a free local port`,
  phase: 'connect',
  reason: 'local_port_exhausted',
  tells: { probe_tcp_connections: 1 },
  arrange: async (t) => ({ module, target: `${scheme}${await holdPorts(t)}` }),
}));
