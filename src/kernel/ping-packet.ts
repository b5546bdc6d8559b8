/** An echo request or an echo reply. */
export interface Echo {
  readonly id: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** What a router, or the target, says of a packet that it could not deliver. */
export interface IcmpError {
  readonly type: number;
  readonly code: number;
  /** The greatest packet that the next link takes, in bytes, when that is the trouble. */
  readonly mtu: number | undefined;
}

/** An error, and the echo request that it is about, as the error quotes it. */
export interface QuotedError extends IcmpError {
  readonly id: number;
  readonly sequence: number;
  /** Where the echo request went: 4 or 16 bytes. */
  readonly destination: Uint8Array;
}

/** How ICMP for one version of IP numbers its messages. */
interface Numbers {
  readonly echoRequest: number;
  readonly echoReply: number;
  /** The types of the messages that say why a packet was not delivered. */
  readonly errors: ReadonlySet<number>;
}

/** Echo messages are laid out alike in both: type, code, checksum, id, sequence, payload (RFC 792, RFC 4443). */
export const echoHeaderLength = 8;

// RFC 792: 3 destination unreachable, 11 time exceeded, 12 parameter problem
const icmp: Numbers = { echoRequest: 8, echoReply: 0, errors: new Set([3, 11, 12]) };
// RFC 4443: 1 destination unreachable, 2 packet too big, 3 time exceeded, 4 parameter problem
const icmpv6: Numbers = { echoRequest: 128, echoReply: 129, errors: new Set([1, 2, 3, 4]) };

export function numbersOf(family: 4 | 6): Numbers {
  return family === 4 ? icmp : icmpv6;
}

/** Whether an error says that a packet is too big for a link and must not be cut into fragments. */
export function isPacketTooBig(family: 4 | 6, type: number, code: number): boolean {
  return family === 4 ? type === 3 && code === 4 : type === 2;
}

/**
 * Writes an echo request to the start of `packet` and gives its length. The checksum is that of RFC 792; for ICMPv6,
 * where it covers addresses as well, and for datagram sockets, the kernel computes it.
 */
export function encodeEchoRequest(packet: Uint8Array, family: 4 | 6, { id, sequence, payload }: Echo): number {
  const length = echoHeaderLength + payload.length;
  packet[0] = numbersOf(family).echoRequest;
  packet[1] = 0;
  packet[2] = 0;
  packet[3] = 0;
  packet[4] = id >> 8;
  packet[5] = id & 0xff;
  packet[6] = sequence >> 8;
  packet[7] = sequence & 0xff;
  packet.set(payload, echoHeaderLength);
  if (family === 4) {
    const sum = checksum(packet, length);
    packet[2] = sum >> 8;
    packet[3] = sum & 0xff;
  }
  return length;
}

/** The Internet checksum of the first `length` bytes (RFC 1071); 0 for a message that carries a right one. */
export function checksum(bytes: Uint8Array, length = bytes.length): number {
  let sum = 0;
  for (let at = 0; at + 1 < length; at += 2) sum += (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);
  if (length % 2 === 1) sum += byteAt(bytes, length - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

/** Reads an echo reply; undefined for every other message. */
export function decodeEchoReply(message: Uint8Array, family: 4 | 6): Echo | undefined {
  return decodeEcho(message, numbersOf(family).echoReply);
}

/** Reads an error about an echo request, with the request that it quotes; undefined for every other message. */
export function decodeQuotedError(message: Uint8Array, family: 4 | 6): QuotedError | undefined {
  const [type = -1, code = 0] = message;
  if (!numbersOf(family).errors.has(type) || message.length < 8) return undefined;
  const packet = message.subarray(8);
  const quoted = family === 4 ? quotedIPv4(packet) : quotedIPv6(packet);
  const echo = quoted && decodeQuotedEcho(quoted.message, family);
  return echo && { type, code, mtu: mtuOf(message, family), destination: quoted.destination, ...echo };
}

/** Reads the start of an echo request of ours that an error quotes; undefined for every other message. */
export function decodeQuotedEcho(
  message: Uint8Array,
  family: 4 | 6,
): { readonly id: number; readonly sequence: number } | undefined {
  const echo = decodeEcho(message, numbersOf(family).echoRequest);
  return echo && { id: echo.id, sequence: echo.sequence };
}

/** What follows the header of an IPv4 packet (RFC 791), as raw sockets receive it; undefined when it is cut short. */
export function ipv4Payload(packet: Uint8Array): Uint8Array | undefined {
  const length = (byteAt(packet, 0) & 0xf) * 4;
  if (byteAt(packet, 0) >> 4 !== 4 || length < 20 || packet.length < length) return undefined;
  return packet.subarray(length);
}

function decodeEcho(message: Uint8Array, type: number): Echo | undefined {
  if (message.length < echoHeaderLength || message[0] !== type || message[1] !== 0) return undefined;
  return {
    id: (byteAt(message, 4) << 8) | byteAt(message, 5),
    sequence: (byteAt(message, 6) << 8) | byteAt(message, 7),
    payload: message.subarray(echoHeaderLength),
  };
}

interface Quoted {
  readonly destination: Uint8Array;
  readonly message: Uint8Array;
}

function quotedIPv4(packet: Uint8Array): Quoted | undefined {
  const message = ipv4Payload(packet);
  const fragmentOffset = ((byteAt(packet, 6) & 0x1f) << 8) | byteAt(packet, 7);
  if (message === undefined || fragmentOffset !== 0 || packet[9] !== 1) return undefined;
  return { destination: packet.slice(16, 20), message };
}

/** RFC 8200; a packet of ours has no extension headers unless it was cut into fragments. */
function quotedIPv6(packet: Uint8Array): Quoted | undefined {
  if (packet.length < 40 || byteAt(packet, 0) >> 4 !== 6 || packet[6] !== 58) return undefined;
  return { destination: packet.slice(24, 40), message: packet.subarray(40) };
}

/** RFC 1191, section 4: the low 16 bits of the second word; RFC 4443, section 3.2: all 32. 0 is a router of old. */
function mtuOf(message: Uint8Array, family: 4 | 6): number | undefined {
  if (!isPacketTooBig(family, byteAt(message, 0), byteAt(message, 1))) return undefined;
  const low = (byteAt(message, 6) << 8) | byteAt(message, 7);
  const high = family === 4 ? 0 : (byteAt(message, 4) << 8) | byteAt(message, 5);
  return high * 0x1_0000 + low || undefined;
}

/** A byte that length checks have shown to exist. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
