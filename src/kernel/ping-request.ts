import { littleEndian } from './byte-order.ts';
import { ipBytes, ipZone } from './ip-bytes.ts';
import { familyNumbers } from './ping-constants.ts';
import { PingError } from './ping-error.ts';
import { appendControl, type Message, viewOf } from './ping-message.ts';
import { echoHeaderLength, type Echo, encodeEchoRequest } from './ping-packet.ts';

/** An echo request to send. */
export interface EchoRequest extends Echo {
  /** An IP address, with a zone where it is link-local. */
  readonly address: string;
  /** The local address to send from. */
  readonly source: string | undefined;
  /** The TTL, or hop limit, of the request; 0 is the system's default. */
  readonly hopLimit: number;
  /** Whether the request has the DF bit set; IPv6 has none. */
  readonly dontFragment: boolean;
}

/**
 * Makes of a message what sendmsg needs for a request. `interfaceIndex` gives the number of a network interface of a
 * name. Throws PingError for an address of the other version of IP, and for a payload that no message holds.
 */
export function writeRequest(
  message: Message,
  family: 4 | 6,
  request: EchoRequest,
  interfaceIndex: (name: string) => number,
): void {
  if (request.payload.length > message.data.length - echoHeaderLength) throw new PingError('sendmsg', 'EMSGSIZE');
  message.name.set(encodeSocketAddress(family, request.address, interfaceIndex));
  const control = writeControl(message, family, request);
  message.setLengths(familyNumbers[family].nameLength, encodeEchoRequest(message.data, family, request), control);
}

/** The 4 or 16 bytes of an address. Throws PingError when it is of the other version of IP. */
export function addressBytes(address: string, family: 4 | 6): Uint8Array {
  const bytes = address.includes(':') === (family === 6) ? ipBytes(address) : undefined;
  if (bytes === undefined) throw new PingError(`${address} is no IPv${family} address`, 'EAFNOSUPPORT');
  return family === 4 ? bytes.subarray(12) : bytes;
}

/**
 * `struct sockaddr_in` { u16 family, port; in_addr addr; u8 zero[8] }, or
 * `struct sockaddr_in6` { u16 family, port; u32 flowinfo; in6_addr addr; u32 scope_id }.
 * Throws PingError for an address of the other version of IP.
 */
export function encodeSocketAddress(
  family: 4 | 6,
  address: string,
  interfaceIndex: (name: string) => number,
): Uint8Array {
  const { domain, nameLength, addressOffset } = familyNumbers[family];
  const name = new Uint8Array(nameLength);
  const view = viewOf(name);
  view.setUint16(0, domain, littleEndian);
  name.set(addressBytes(address, family), addressOffset);
  const zone = family === 6 ? ipZone(address) : undefined;
  if (zone !== undefined) view.setUint32(24, /^\d+$/.test(zone) ? Number(zone) : interfaceIndex(zone), littleEndian);
  return name;
}

/** Gives the length of the control messages. */
function writeControl({ control, controlView: view }: Message, family: 4 | 6, request: EchoRequest): number {
  const numbers = familyNumbers[family];
  let length = 0;
  if (request.hopLimit > 0) {
    const { start, next } = appendControl(view, length, numbers.level, numbers.hopLimit, 4);
    view.setInt32(start, request.hopLimit, littleEndian);
    length = next;
  }
  if (request.source !== undefined) {
    // struct in_pktinfo { int ifindex; in_addr spec_dst, addr }, struct in6_pktinfo { in6_addr addr; int ifindex }
    const { start, next } = appendControl(view, length, numbers.level, numbers.packetInfo, family === 4 ? 12 : 20);
    control.set(addressBytes(request.source, family), family === 4 ? start + 4 : start);
    length = next;
  }
  return length;
}
