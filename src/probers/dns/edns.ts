import { ipv4Text, ipv6Text } from './address.ts';
import type { Field } from './fields.ts';
import { WireError, WireReader } from './wire.ts';

const algorithms: Readonly<Record<number, string>> = {
  1: 'RSAMD5',
  2: 'DH',
  3: 'DSA',
  5: 'RSASHA1',
  6: 'DSA-NSEC3-SHA1',
  7: 'RSASHA1-NSEC3-SHA1',
  8: 'RSASHA256',
  10: 'RSASHA512',
  12: 'ECC-GOST',
  13: 'ECDSAP256SHA256',
  14: 'ECDSAP384SHA384',
  15: 'ED25519',
  16: 'ED448',
  252: 'INDIRECT',
  253: 'PRIVATEDNS',
  254: 'PRIVATEOID',
};
const hashes: Readonly<Record<number, string>> = { 1: 'SHA1', 2: 'SHA256', 3: 'GOST94', 4: 'SHA384', 5: 'SHA512' };

/** The name of a DNSSEC algorithm, or its number. */
export function algorithmText(algorithm: number): string {
  return algorithms[algorithm] ?? String(algorithm);
}

/** Extended DNS errors by code (RFC 8914, section 5.2, and IANA). */
const extendedErrors = [
  'Other',
  'Unsupported DNSKEY Algorithm',
  'Unsupported DS Digest Type',
  'Stale Answer',
  'Forged Answer',
  'DNSSEC Indeterminate',
  'DNSSEC Bogus',
  'Signature Expired',
  'Signature Not Yet Valid',
  'DNSKEY Missing',
  'RRSIGs Missing',
  'No Zone Key Bit Set',
  'NSEC Missing',
  'Cached Error',
  'Not Ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN Answer',
  'Not Authoritative',
  'Not Supported',
  'No Reachable Authority',
  'Network Error',
  'Invalid Data',
  'Signature Expired Before Valid',
  'Too Early',
  'Unsupported NSEC3 Iterations Value',
  'Unable To Conform To Policy',
  'Synthesized',
  'Invalid Query Type',
];

type Show = (value: WireReader) => string;

const options: Readonly<Record<number, { readonly name: string; readonly show: Show }>> = {
  1: { name: 'LONG LIVED QUERIES', show: longLivedQuery },
  2: { name: 'UPDATE LEASE', show: (value) => `${value.u32()} ${value.ended ? 0 : value.u32()}` },
  3: { name: 'NSID', show: serverIdentifier },
  4: { name: 'ESU', show: (value) => value.rest().toString() },
  5: { name: 'DNSSEC ALGORITHM UNDERSTOOD', show: (value) => list(value, algorithmText) },
  6: { name: 'DS HASH UNDERSTOOD', show: (value) => list(value, hashText) },
  7: { name: 'NSEC3 HASH UNDERSTOOD', show: (value) => list(value, hashText) },
  8: { name: 'SUBNET', show: subnet },
  9: { name: 'EXPIRE', show: (value) => (value.ended ? '' : String(value.u32())) },
  10: { name: 'COOKIE', show: (value) => value.rest().toString('hex') },
  11: { name: 'KEEPALIVE', show: keepAlive },
  12: { name: 'PADDING', show: (value) => value.rest().toString('hex').toUpperCase() },
  15: { name: 'EDE', show: extendedError },
  18: { name: 'REPORT-CHANNEL', show: (value) => value.name() },
  19: { name: 'ZONEVERSION', show: (value) => (value.u16(), value.rest().toString()) },
};

/** The options of OPT (RFC 6891, section 6.1.2), each a line. */
export const ednsOptions: Field = {
  read: (data) => {
    const lines: string[] = [];
    while (!data.ended) {
      const code = data.u16();
      const value = new WireReader(data.take(data.u16()));
      const option = options[code];
      if (option === undefined) lines.push(`\n; LOCAL OPT: ${code}:0x${value.rest().toString('hex')}`);
      else lines.push(`\n; ${option.name}: ${option.show(value)}`);
    }
    return lines;
  },
  absent: [],
};

/** OPT as one text: its class is the sender's buffer size, its TTL has the version and the flags (RFC 6891, section 6.1.3). */
export function ednsText(size: number, ttl: number, optionLines: readonly string[]): string {
  const flags = `${ttl & 0x8000 ? ' do' : ''}${ttl & 0x4000 ? ' co' : ''}`;
  const reserved = ttl & 0x3fff;
  const others = reserved === 0 ? '' : `MBZ: 0x${reserved.toString(16).padStart(4, '0')}, `;
  const version = (ttl >>> 16) & 0xff;
  return `\n;; OPT PSEUDOSECTION:\n; EDNS: version ${version}; flags:${flags}; ${others}udp: ${size}${optionLines.join('')}`;
}

function longLivedQuery(value: WireReader): string {
  const numbers = [value.u16(), value.u16(), value.u16(), value.take(8).readBigUInt64BE(), value.u32()];
  value.rest();
  return numbers.join(' ');
}

function serverIdentifier(value: WireReader): string {
  const bytes = value.rest();
  return `${bytes.toString('hex')}  ${bytes.toString('latin1').replace(/./gs, '($&)')}`;
}

function list(value: WireReader, show: (code: number) => string): string {
  return [...value.rest()].map((code) => ` ${show(code)}`).join('');
}

function hashText(hash: number): string {
  return hashes[hash] ?? String(hash);
}

/** RFC 7871, section 6. */
function subnet(value: WireReader): string {
  const family = value.u16();
  const source = value.u8();
  const scope = value.u8();
  const size = family === 2 ? 16 : 4;
  if (family > 2 || source > (family === 0 ? 0 : size * 8) || scope > size * 8) {
    throw new WireError('A client subnet is malformed');
  }
  const address = Buffer.alloc(size);
  if (family !== 0) value.rest().copy(address);
  return `${family === 2 ? `[${ipv6Text(address)}]` : ipv4Text(address)}/${source}/${scope}`;
}

/** RFC 7828, section 3.1: tenths of a second, shown as milliseconds of 16 bits, as blackbox_exporter does. */
function keepAlive(value: WireReader): string {
  const tenths = value.ended ? 0 : value.u16();
  if (!value.ended) throw new WireError('A keep-alive timeout has not two bytes');
  return `use tcp keep-alive, timeout ${tenths === 0 ? 'omitted' : `${(tenths * 100) & 0xffff}ms`}`;
}

function extendedError(value: WireReader): string {
  const code = value.u16();
  const name = extendedErrors[code];
  return `${code}${name === undefined ? '' : ` (${name})`}: (${value.rest().toString()})`;
}
