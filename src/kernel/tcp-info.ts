import { littleEndian } from './byte-order.ts';
import { libc } from './libc.ts';
import { tcpState, type TcpState } from './tcp-states.ts';

/** What was negotiated in the handshake. A window scale is the power of two, absent when not negotiated. */
export interface TcpOptions {
  readonly timestamps: boolean;
  readonly sack: boolean;
  readonly ecn: boolean;
  readonly sendWindowScale: number | undefined;
  readonly receiveWindowScale: number | undefined;
}

/** What the kernel knows of one TCP connection; undefined is what it does not know, or is too old to tell. */
export interface TcpInfo {
  readonly state: TcpState;
  /** Smoothed round trip time, in seconds. */
  readonly rtt: number | undefined;
  /** Mean deviation of the round trip time, in seconds. */
  readonly rttVariance: number | undefined;
  /** The least round trip time of the last minutes, in seconds. */
  readonly minRtt: number | undefined;
  /** Segments sent again in the connection's life, SYNs included. */
  readonly retransmits: number;
  /** Segments in flight that the kernel holds for lost right now. */
  readonly lost: number;
  /** How often ACKs showed that the network had reordered segments sent (Linux 4.19). */
  readonly reordered: number | undefined;
  /** Segments received out of order, because of reordering or of a loss before them (Linux 5.4). */
  readonly receivedOutOfOrder: number | undefined;
  /** In segments. */
  readonly congestionWindow: number;
  /** The most payload bytes of a segment sent. */
  readonly sendMss: number;
  /** The kernel's estimate of the payload bytes of the peer's full segments. */
  readonly receiveMss: number;
  /** In bytes. */
  readonly pathMtu: number;
  /** Payload bytes sent, acknowledged or not, each counted once however often it was sent (Linux 4.19). */
  readonly sentBytes: number | undefined;
  /** Payload bytes received in order (Linux 4.1). */
  readonly receivedBytes: number | undefined;
  /** The last measured rate at which payload reached the peer, in bytes per second (Linux 4.9). */
  readonly deliveryRate: number | undefined;
  readonly options: TcpOptions;
}

/** Byte offsets in `struct tcp_info` (include/uapi/linux/tcp.h). The struct grows at its end only. */
const offsets = {
  state: 0, // u8
  options: 5, // u8
  windowScales: 6, // two bit fields of 4
  sendMss: 16, // u32 from here on
  receiveMss: 20,
  lost: 32,
  pathMtu: 60,
  rtt: 68,
  rttVariance: 72,
  congestionWindow: 80,
  totalRetransmits: 100,
  bytesReceived: 128, // u64
  minRtt: 148,
  deliveryRate: 160, // u64
  bytesSent: 200, // u64
  bytesRetransmitted: 208, // u64
  reorderingsSeen: 220,
  receivedOutOfOrder: 224,
} as const;

/** The struct of Linux 2.6.15 ends with tcpi_total_retrans; all kernels since have at least that. */
const shortestLength = offsets.totalRetransmits + 4;

const TCPI_OPT_TIMESTAMPS = 1;
const TCPI_OPT_SACK = 2;
const TCPI_OPT_WSCALE = 4;
const TCPI_OPT_ECN = 8;

/** Decodes the first `length` bytes as `struct tcp_info`; undefined when they are none. */
export function decodeTcpInfo(bytes: Uint8Array, length: number): TcpInfo | undefined {
  const end = Math.min(length, bytes.length);
  if (end < shortestLength) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const state = tcpState(view.getUint8(offsets.state));
  if (state === undefined) return undefined;

  const measured = uint32(view, offsets.rtt) > 0;
  return {
    state,
    rtt: measured ? uint32(view, offsets.rtt) / 1e6 : undefined,
    rttVariance: measured ? uint32(view, offsets.rttVariance) / 1e6 : undefined,
    minRtt: minRtt(view),
    retransmits: uint32(view, offsets.totalRetransmits),
    lost: uint32(view, offsets.lost),
    reordered: laterUint32(view, offsets.reorderingsSeen),
    receivedOutOfOrder: laterUint32(view, offsets.receivedOutOfOrder),
    congestionWindow: uint32(view, offsets.congestionWindow),
    sendMss: uint32(view, offsets.sendMss),
    receiveMss: uint32(view, offsets.receiveMss),
    pathMtu: uint32(view, offsets.pathMtu),
    sentBytes: sentBytes(view),
    receivedBytes: receivedBytes(view, state),
    // 0 stands for a rate that was never measured.
    deliveryRate: laterUint64(view, offsets.deliveryRate) || undefined,
    options: decodeOptions(view),
  };
}

function decodeOptions(view: DataView): TcpOptions {
  const bits = view.getUint8(offsets.options);
  const scales = view.getUint8(offsets.windowScales);
  const scaled = (bits & TCPI_OPT_WSCALE) !== 0;
  // A compiler lays bit fields out from the lowest bit on little-endian machines, from the highest on others.
  const first = littleEndian ? scales & 0xf : scales >> 4;
  const second = littleEndian ? scales >> 4 : scales & 0xf;
  return {
    timestamps: (bits & TCPI_OPT_TIMESTAMPS) !== 0,
    sack: (bits & TCPI_OPT_SACK) !== 0,
    ecn: (bits & TCPI_OPT_ECN) !== 0,
    sendWindowScale: scaled ? first : undefined,
    receiveWindowScale: scaled ? second : undefined,
  };
}

function minRtt(view: DataView): number | undefined {
  const microseconds = laterUint32(view, offsets.minRtt);
  // The kernel's filter starts at the greatest number, which stands for no measurement.
  if (microseconds === undefined || microseconds === 0xffff_ffff) return undefined;
  return microseconds / 1e6;
}

function sentBytes(view: DataView): number | undefined {
  const transmitted = laterUint64(view, offsets.bytesSent);
  const retransmitted = laterUint64(view, offsets.bytesRetransmitted);
  if (transmitted === undefined || retransmitted === undefined) return undefined;
  // The kernel counts a retransmission before it is known whether the device took it.
  return Math.max(0, transmitted - retransmitted);
}

const statesAfterFin: ReadonlySet<TcpState> = new Set(['close_wait', 'last_ack', 'closing', 'time_wait']);

function receivedBytes(view: DataView, state: TcpState): number | undefined {
  const received = laterUint64(view, offsets.bytesReceived);
  if (received === undefined) return undefined;
  // The peer's FIN occupies a sequence number, which the kernel counts like a byte.
  return statesAfterFin.has(state) ? Math.max(0, received - 1) : received;
}

function uint32(view: DataView, offset: number): number {
  return view.getUint32(offset, littleEndian);
}

function laterUint32(view: DataView, offset: number): number | undefined {
  return offset + 4 <= view.byteLength ? uint32(view, offset) : undefined;
}

function laterUint64(view: DataView, offset: number): number | undefined {
  if (offset + 8 > view.byteLength) return undefined;
  const [low, high] = littleEndian ? [offset, offset + 4] : [offset + 4, offset];
  return uint32(view, high) * 2 ** 32 + uint32(view, low);
}

const IPPROTO_TCP = 6;
const TCP_INFO = 11;

const answer = new Uint8Array(512);
const answerView = new DataView(answer.buffer);
const answerLength = new Uint32Array(1);

/** What the kernel knows of an open TCP socket; undefined where it cannot be asked. */
export function readTcpInfo(fd: number): TcpInfo | undefined {
  answerLength[0] = answer.length;
  if (libc()?.getsockopt(fd, IPPROTO_TCP, TCP_INFO, answer, answerLength) !== 0) return undefined;
  return decodeTcpInfo(answer, answerLength[0]);
}

/** What the kernel measured of a handshake: SYN to SYN-ACK, when no data has been sent yet. */
export interface Handshake {
  /** In seconds. */
  readonly rtt: number;
  /** How often the SYN was sent again. */
  readonly retransmits: number;
}

/** The handshake of an open TCP socket that has sent nothing else; undefined before its end, and where the kernel cannot be asked. */
export function readHandshake(fd: number): Handshake | undefined {
  answerLength[0] = shortestLength;
  if (libc()?.getsockopt(fd, IPPROTO_TCP, TCP_INFO, answer, answerLength) !== 0) return undefined;
  const rtt = uint32(answerView, offsets.rtt);
  return rtt === 0 ? undefined : { rtt: rtt / 1e6, retransmits: uint32(answerView, offsets.totalRetransmits) };
}
