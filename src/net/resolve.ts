import net from 'node:net';
import { ProbeFailure } from './failure.ts';
import { numericAddress } from './numeric-address.ts';
import type { IpPolicy } from './settings.ts';
import type { ProbeSignal } from './abort.ts';

/** An IP address that a probe goes to. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Looks names up. */
export interface NameResolver {
  /**
   * The addresses of a name, of the IP versions asked for, in the order in which they were served; none when it has
   * none of these. Throws ProbeFailure in phase `resolve`.
   */
  lookup(host: string, families: readonly (4 | 6)[], signal: ProbeSignal): Promise<readonly ResolvedAddress[]>;
}

/**
 * Chooses the one address of `host` (a name, or an IP address) to probe: the first of the preferred IP version, else
 * the first of the other where the policy allows it. Throws ProbeFailure in phase `resolve`.
 */
export async function resolve(
  host: string,
  policy: IpPolicy,
  resolver: NameResolver,
  signal: ProbeSignal,
): Promise<ResolvedAddress> {
  const preferred = policy.preferred === 'ip4' ? 4 : 6;
  const literal = literalAddress(host);
  if (literal !== undefined) {
    if (literal.family !== preferred && !policy.fallback) throw noAddress(host, policy);
    return literal;
  }
  if (host === '') throw new ProbeFailure('resolve', 'bad_target', 'The target names no host');
  // Not awaited: a function that waits costs memory for each of many names that nobody answers.
  return resolver.lookup(host, policy.fallback ? bothFamilies : [preferred], signal).then((addresses) => {
    const chosen = addresses.find(({ family }) => family === preferred) ?? addresses[0];
    if (chosen === undefined) throw noAddress(host, policy);
    return chosen;
  });
}

const bothFamilies = [4, 6] as const;

/**
 * The address that a host is; undefined when it is a name. One of IPv4 that is written within IPv6 (RFC 4291, section
 * 2.5.5.2) is one of IPv4.
 */
export function literalAddress(host: string): ResolvedAddress | undefined {
  const family = net.isIP(host);
  if (family === 0) {
    const address = numericAddress(host);
    return address === undefined ? undefined : { address, family: 4 };
  }
  if (family === 4) return { address: host, family };
  const bytes = ipv6Bytes(host);
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return mapped ? { address: bytes.slice(12).join('.'), family: 4 } : { address: host, family: 6 };
}

function noAddress(host: string, { preferred, fallback }: IpPolicy): ProbeFailure {
  const what = fallback ? 'no address' : `no IPv${preferred === 'ip4' ? 4 : 6} address, and no fallback is allowed`;
  return new ProbeFailure('resolve', 'no_address', `${host} has ${what}`);
}

/** FNV-1a, 32 bits, of the address's 4 or 16 bytes: the value of `probe_ip_addr_hash`. */
export function addressHash({ address, family }: ResolvedAddress): number {
  let hash = 0x811c9dc5;
  for (const byte of family === 4 ? ipv4Bytes(address) : ipv6Bytes(address)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}

function ipv4Bytes(address: string): number[] {
  return address.split('.').map(Number);
}

function ipv6Bytes(address: string): number[] {
  const bare = address.split('%', 1)[0] ?? '';
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(bare);
  const tail = dotted?.[2] === undefined ? [] : ipv4Bytes(dotted[2]);
  const [head = '', rest] = (dotted?.[1] === undefined ? bare : dotted[1].replace(/([^:]):$/, '$1')).split('::');
  const front = groupBytes(head);
  if (rest === undefined) return [...front, ...tail];
  const back = [...groupBytes(rest), ...tail];
  return [...front, ...Array<number>(16 - front.length - back.length).fill(0), ...back];
}

function groupBytes(text: string): number[] {
  return text
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    });
}
