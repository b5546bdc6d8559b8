import { readSourceAddress } from '../../config/connection.ts';
import { readIpPolicy } from '../../config/ip-policy.ts';
import type { ConfigReader } from '../../config/reader.ts';
import type { IpPolicy } from '../../net/settings.ts';

/** An `icmp` section. */
export interface IcmpOptions {
  readonly policy: IpPolicy;
  readonly source: string | undefined;
  readonly payload: Uint8Array;
  readonly dontFragment: boolean;
  /** 0 is the system's default. */
  readonly ttl: number;
  readonly series: SeriesOptions;
  /** Whether the module asks for the figures of a series. */
  readonly counted: boolean;
}

/** How many echo requests to send, and how many milliseconds apart. */
export interface SeriesOptions {
  readonly count: number;
  readonly interval: number;
}

/** What blackbox_exporter sends without `payload_size` has the same length. */
const defaultPayload = Buffer.from('Clearbox Exporter icmp probe');

/** An IPv6 packet has at most 65535 bytes after its header, of which ICMP takes 8; with IPv4 it is 20 less. */
const largestPayload = 65_527;

const mostPings = 1000;
const shortestInterval = 10;

/** Reads an `icmp` section. */
export function readIcmpOptions(section: ConfigReader): IcmpOptions {
  const policy = readIpPolicy(section);
  const source = readSourceAddress(section);
  const payload = payloadOf(section.integer('payload_size', { min: 0, max: largestPayload }) ?? 0);
  const dontFragment = section.boolean('dont_fragment', false);
  const ttl = section.integer('ttl', { min: 0, max: 255 }) ?? 64;
  const count = section.integer('count', { min: 1, max: mostPings });
  return {
    policy,
    source,
    payload,
    dontFragment,
    ttl,
    series: readSeries(section, count),
    counted: count !== undefined,
  };
}

function readSeries(section: ConfigReader, count = 1): SeriesOptions {
  const interval = section.duration('interval');
  if (interval !== undefined && interval < shortestInterval) {
    section.fail('interval', `must be at least ${shortestInterval}ms`);
  }
  if (interval !== undefined && count === 1) section.warn('interval', 'has no effect unless count is more than 1');
  return { count, interval: interval ?? 1000 };
}

function payloadOf(size: number): Uint8Array {
  if (size === 0) return defaultPayload;
  const payload = new Uint8Array(size);
  payload.set(defaultPayload.subarray(0, size));
  return payload;
}
