import { SocketAddress } from 'node:net';
import type { IcmpError } from './ping-packet.ts';

/** A system call about ping failed; `code` names the error as the kernel does. */
export class PingError extends Error {
  override readonly name = 'PingError';
  /** What failed. */
  readonly call: string;
  readonly code: string;

  constructor(call: string, code: string) {
    super(`${call}: ${code}`);
    this.call = call;
    this.code = code;
  }
}

// Texts by type and code. https://www.iana.org/assignments/icmp-parameters and .../icmpv6-parameters
const icmpTexts: Readonly<Record<string, string>> = {
  '3.0': 'network unreachable',
  '3.1': 'host unreachable',
  '3.2': 'protocol unreachable',
  '3.3': 'port unreachable',
  '3.4': 'packet too big',
  '3.5': 'source route failed',
  '3.6': 'network unknown',
  '3.7': 'host unknown',
  '3.9': 'network prohibited',
  '3.10': 'host prohibited',
  '3.13': 'communication prohibited',
  '11.0': 'TTL exceeded in transit',
  '11.1': 'fragments not reassembled in time',
};
const icmpv6Texts: Readonly<Record<string, string>> = {
  '1.0': 'no route to the address',
  '1.1': 'communication prohibited',
  '1.2': 'beyond the scope of the source address',
  '1.3': 'address unreachable',
  '1.4': 'port unreachable',
  '1.5': 'source address refused by policy',
  '1.6': 'route rejected',
  '2.0': 'packet too big',
  '3.0': 'hop limit exceeded in transit',
  '3.1': 'fragments not reassembled in time',
};

/** An ICMP error in words: `host unreachable (ICMP type 3, code 1)`. */
export function icmpErrorText(family: 4 | 6, { type, code, mtu }: IcmpError): string {
  const text = (family === 4 ? icmpTexts : icmpv6Texts)[`${type}.${code}`] ?? 'not delivered';
  const limit = mtu === undefined ? '' : `, at most ${mtu} bytes`;
  return `${text}${limit} (${family === 4 ? 'ICMP' : 'ICMPv6'} type ${type}, code ${code})`;
}

/** An address of 4 or 16 bytes as text (RFC 5952). */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}
