import { pingProblem } from '../../../src/kernel/ping-problem.ts';
import type { ProbeCase } from '../probe-case.ts';

const inCi = process.env['CI'] !== undefined;
const cannotPing = inCi ? undefined : pingProblem();
/** What blackbox_exporter cannot do without privileges. */
const needsRoot = inCi || process.getuid?.() === 0 ? cannotPing : 'blackbox_exporter needs root for dont_fragment';

function module(icmp: object = {}, timeout = '5s'): object {
  return { prober: 'icmp', timeout, icmp };
}

function row(name: string, target: string, icmp?: object, rest: Partial<ProbeCase> = {}): ProbeCase {
  const skip = icmp !== undefined && 'dont_fragment' in icmp ? needsRoot : cannotPing;
  return { name, module: module(icmp), target, skip, ...rest };
}

/** A case without a reply, which blackbox_exporter awaits until the deadline. */
function unanswered(name: string, target: string, icmp: object = {}): ProbeCase {
  return row(name, target, icmp, { module: module(icmp, '400ms') });
}

const targets: readonly ProbeCase[] = [
  row('an IPv4 address', '127.0.0.1'),
  row('another address of the machine', '127.3.2.1'),
  row('an IPv6 address', '::1'),
  row('an IPv6 address written at length', '0:0:0:0:0:0:0:1'),
  row('a name', 'localhost', { preferred_ip_protocol: 'ip4' }),
  row('a name without a fallback', 'localhost', { preferred_ip_protocol: 'ip4', ip_protocol_fallback: false }),
  row('a name that does not exist', 'does-not-exist.invalid'),
  row('an IPv4 address where only IPv6 will do', '127.0.0.1', { ip_protocol_fallback: false }),
  row('an IPv6 address where only IPv4 will do', '::1', { preferred_ip_protocol: 'ip4', ip_protocol_fallback: false }),
  row('an address in brackets', '[::1]'),
  row('an address with a port', '127.0.0.1:80'),
  row('a URL', 'http://127.0.0.1/'),
  row('an IPv4-mapped address', '::ffff:127.0.0.1'),
  unanswered('the unspecified address', '0.0.0.0'),
  unanswered('the unspecified IPv6 address', '::'),
  unanswered('the broadcast address', '255.255.255.255'),
];

const payloads: readonly ProbeCase[] = [
  row('a payload of one byte', '127.0.0.1', { payload_size: 1 }),
  row('a payload of an odd length', '127.0.0.1', { payload_size: 1001 }),
  row('a payload of no size', '127.0.0.1', { payload_size: 0 }),
  row('the largest payload', '127.0.0.1', { payload_size: 65_507 }),
  row('a payload that no IPv4 packet holds', '127.0.0.1', { payload_size: 65_508 }),
  row('the largest payload over IPv6', '::1', { payload_size: 65_527 }),
];

const headers: readonly ProbeCase[] = [
  row('no fragments', '127.0.0.1', { dont_fragment: true }),
  row('no fragments over IPv6', '::1', { dont_fragment: true }),
  row('no fragments of the largest packet', '127.0.0.1', { dont_fragment: true, payload_size: 65_507 }),
  row('no fragments of a packet larger than the link takes', '127.0.0.1', {
    dont_fragment: true,
    payload_size: 65_508,
  }),
  row('a TTL of 0', '127.0.0.1', { ttl: 0 }),
  row('a TTL of 1', '127.0.0.1', { ttl: 1 }),
  row('a TTL of 255', '127.0.0.1', { ttl: 255 }),
  row('a hop limit of 255', '::1', { ttl: 255 }),
  row('a TTL without fragments', '127.0.0.1', { ttl: 9, dont_fragment: true }),
];

const sources: readonly ProbeCase[] = [
  row('a source address', '127.0.0.1', { source_ip_address: '127.0.0.7' }),
  row('a source address without fragments', '127.0.0.1', { source_ip_address: '127.0.0.7', dont_fragment: true }),
  row('an IPv6 source address', '::1', { source_ip_address: '::1' }),
  row('a source address of another machine', '127.0.0.1', { source_ip_address: '203.0.113.9' }),
  row('an IPv6 source address of another machine', '::1', { source_ip_address: '2001:db8::9' }),
  row('an IPv6 source address for an IPv4 target', '127.0.0.1', { source_ip_address: '::1' }),
  row('an IPv4 source address for an IPv6 target', '::1', { source_ip_address: '127.0.0.1' }),
  row('a source address written as IPv6', '127.0.0.1', { source_ip_address: '::ffff:127.0.0.7' }),
  row('the same in hexadecimal', '127.0.0.1', { source_ip_address: '::ffff:7f00:7' }),
];

export const icmp: readonly ProbeCase[] = [...targets, ...payloads, ...headers, ...sources];
