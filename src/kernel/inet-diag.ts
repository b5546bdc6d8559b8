import { littleEndian } from './byte-order.ts';
import { tcpState, type TcpState } from './tcp-states.ts';

/** The two ends of a connection; addresses are 16 bytes in network order, IPv4 as IPv4-mapped. */
export interface Endpoints {
  readonly localAddress: Uint8Array;
  readonly localPort: number;
  readonly remoteAddress: Uint8Array;
  readonly remotePort: number;
}

/** A socket as the kernel found it. */
export interface FoundSocket {
  readonly state: TcpState;
  /** Milliseconds until its running timer fires: in TIME_WAIT, the time that is left. */
  readonly timerMs: number | undefined;
}

/** Takes the sockets of a dump: at `at` begins one `struct inet_diag_msg`. */
export interface DumpSink {
  /** How many it has taken. */
  readonly size: number;
  add(view: DataView, at: number): void;
}

// include/uapi/linux/netlink.h: struct nlmsghdr { u32 len; u16 type; u16 flags; u32 seq; u32 pid }
const headerLength = 16;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLMSG_OVERRUN = 4;
const NLM_F_REQUEST = 0x1;
const NLM_F_DUMP = 0x300;

// include/uapi/linux/inet_diag.h and sock_diag.h
const TCPDIAG_GETSOCK = 18;
const SOCK_DIAG_BY_FAMILY = 20;
const lookupLength = headerLength + 56;
const dumpLength = headerLength + 60;
/** Byte offsets in `struct inet_diag_msg`. */
export const messageOffsets = {
  family: 0, // u8
  state: 1, // u8
  timer: 2, // u8
  localPort: 4, // u16, big endian
  remotePort: 6, // u16, big endian
  localAddress: 8, // 16 bytes, of which an IPv4 address takes the first 4
  remoteAddress: 24, // likewise
  expires: 52, // u32, milliseconds
} as const;
const messageLength = 72;

export const AF_INET = 2;
const AF_INET6 = 10;
const IPPROTO_TCP = 6;
const INET_DIAG_NOCOOKIE = 0xffff_ffff;
const ENOENT = 2;

/** The bits of the states 1 (established) to 11 (closing). */
const allStates = 0xffe;

/** The request that every lookup sends, but for its ends: every probe has one. */
const lookup = encodeHeader(SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, lookupLength);
lookup.view.setUint8(17, IPPROTO_TCP);
lookup.view.setUint32(20, allStates, littleEndian);
lookup.view.setUint32(64, INET_DIAG_NOCOOKIE, littleEndian);
lookup.view.setUint32(68, INET_DIAG_NOCOOKIE, littleEndian);

/**
 * A request for the one socket with these ends (`struct inet_diag_req_v2`); `interfaceIndex` 0 is none. The bytes are
 * good until the next call.
 */
export function encodeLookup(ends: Endpoints, interfaceIndex: number, sequence: number): Uint8Array {
  const { bytes, view } = lookup;
  const v4 = isMapped(ends.localAddress) && isMapped(ends.remoteAddress);
  view.setUint32(8, sequence, littleEndian);
  view.setUint8(16, v4 ? AF_INET : AF_INET6);
  // struct inet_diag_sockid
  view.setUint16(24, ends.localPort);
  view.setUint16(26, ends.remotePort);
  writeAddress(bytes, 28, ends.localAddress, v4);
  writeAddress(bytes, 44, ends.remoteAddress, v4);
  view.setUint32(60, interfaceIndex, littleEndian);
  return bytes;
}

function writeAddress(bytes: Uint8Array, at: number, address: Uint8Array, v4: boolean): void {
  for (let index = 0; index < 16; index++)
    bytes[at + index] = (v4 ? (index < 4 ? address[12 + index] : 0) : address[index]) ?? 0;
}

/**
 * A request for all TCP sockets of the namespace.
 * The older `struct inet_diag_req` is the one that names no family: the kernel walks its table once for both.
 */
export function encodeDump(sequence: number, states = allStates): Uint8Array {
  const { bytes, view } = encodeHeader(TCPDIAG_GETSOCK, NLM_F_REQUEST | NLM_F_DUMP, sequence, dumpLength);
  view.setUint32(68, states, littleEndian);
  return bytes;
}

function encodeHeader(type: number, flags: number, sequence: number, length: number) {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, littleEndian);
  view.setUint16(4, type, littleEndian);
  view.setUint16(6, flags, littleEndian);
  view.setUint32(8, sequence, littleEndian);
  return { bytes, view };
}

/** Reads the answer to a lookup; 'other' when no message belongs to it, undefined when the kernel refused. */
export function decodeLookup(
  bytes: Uint8Array,
  length: number,
  ends: Endpoints,
  sequence: number,
): FoundSocket | 'gone' | 'other' | undefined {
  let found: FoundSocket | 'gone' | 'other' | undefined = 'other';
  const intact = eachMessage(bytes, length, sequence, (view, type, at, end) => {
    if (type === NLMSG_ERROR) found = errorNumber(view, at, end) === ENOENT ? 'gone' : undefined;
    else if (type === SOCK_DIAG_BY_FAMILY) found = decodeFound(view, at, end, ends);
    else return true;
    return false;
  });
  return intact ? found : undefined;
}

function decodeFound(view: DataView, at: number, end: number, ends: Endpoints): FoundSocket | 'gone' | undefined {
  if (end - at < messageLength) return undefined;
  // Where there is no such connection, the kernel offers a socket that listens on the local end.
  if (!isBetween(view, at, ends)) return 'gone';
  const state = tcpState(view.getUint8(at + messageOffsets.state));
  if (state === undefined) return undefined;
  const running = view.getUint8(at + messageOffsets.timer) !== 0;
  return {
    state,
    timerMs: running ? view.getUint32(at + messageOffsets.expires, littleEndian) : undefined,
  };
}

function isBetween(view: DataView, at: number, ends: Endpoints): boolean {
  if (view.getUint16(at + messageOffsets.localPort) !== ends.localPort) return false;
  if (view.getUint16(at + messageOffsets.remotePort) !== ends.remotePort) return false;
  const v4 = view.getUint8(at + messageOffsets.family) === AF_INET;
  return (
    isAddress(view, at + messageOffsets.localAddress, v4, ends.localAddress) &&
    isAddress(view, at + messageOffsets.remoteAddress, v4, ends.remoteAddress)
  );
}

function isAddress(view: DataView, at: number, v4: boolean, address: Uint8Array): boolean {
  if (v4 && !isMapped(address)) return false;
  const start = v4 ? 12 : 0;
  for (let index = start; index < 16; index++) {
    if (view.getUint8(at + index - start) !== address[index]) return false;
  }
  return true;
}

/** Hands the sockets in a part of a dump to `sink`; 'failed' when the kernel refused or the bytes make no sense. */
export function decodeDump(
  bytes: Uint8Array,
  length: number,
  sequence: number,
  sink: DumpSink,
): 'more' | 'done' | 'failed' {
  let outcome: 'more' | 'done' | 'failed' = 'more';
  const intact = eachMessage(bytes, length, sequence, (view, type, at, end) => {
    if (type === TCPDIAG_GETSOCK) {
      if (end - at >= messageLength) sink.add(view, at);
      else outcome = 'failed';
    } else if (type === NLMSG_DONE) {
      outcome = errorNumber(view, at, end) === 0 ? 'done' : 'failed';
    } else if (type === NLMSG_ERROR || type === NLMSG_OVERRUN) {
      outcome = 'failed';
    }
    return outcome === 'more';
  });
  return intact ? outcome : 'failed';
}

/** Visits the messages of this sequence number until `visit` gives false; false when a length makes no sense. */
function eachMessage(
  bytes: Uint8Array,
  length: number,
  sequence: number,
  visit: (view: DataView, type: number, at: number, end: number) => boolean,
): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length));
  let at = 0;
  while (at < view.byteLength) {
    if (at + headerLength > view.byteLength) return false;
    const end = at + view.getUint32(at, littleEndian);
    if (end < at + headerLength || end > view.byteLength) return false;
    const type = view.getUint16(at + 4, littleEndian);
    const ours = view.getUint32(at + 8, littleEndian) === sequence;
    if (ours && !visit(view, type, at + headerLength, end)) return true;
    at = Math.ceil(end / 4) * 4;
  }
  return true;
}

/** The number that an error or an end of a dump carries, as a positive errno; 0 when it carries none. */
function errorNumber(view: DataView, at: number, end: number): number {
  return end - at >= 4 ? -view.getInt32(at, littleEndian) : 0;
}

function isMapped(address: Uint8Array): boolean {
  for (let index = 0; index < 12; index++) {
    if (address[index] !== (index < 10 ? 0 : 0xff)) return false;
  }
  return true;
}
