import { littleEndian } from './byte-order.ts';
import { familyNumbers, SO_EE_ORIGIN_LOCAL, SO_TIMESTAMPNS, SOL_SOCKET } from './ping-constants.ts';
import { eachControl, type Message, readWord, wordLength } from './ping-message.ts';
import {
  checksum,
  decodeEchoReply,
  decodeQuotedEcho,
  decodeQuotedError,
  type Echo,
  ipv4Payload,
  isPacketTooBig,
  numbersOf,
  type QuotedError,
} from './ping-packet.ts';

/** A point in time of CLOCK_REALTIME. */
export interface KernelTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** An echo reply, as it was received. Its payload lies in the message that was read. */
export interface ReceivedReply extends Echo {
  readonly kind: 'reply';
  /** Who sent it: 4 or 16 bytes. */
  readonly sender: Uint8Array;
  /** The TTL, or hop limit, that it had left. */
  readonly hopLimit: number | undefined;
  /** When the kernel received it. */
  readonly time: KernelTime | undefined;
}

/** An error about an echo request, as it was received. */
export interface ReceivedError extends QuotedError {
  readonly kind: 'error';
  /** Who sent it: 4 or 16 bytes. */
  readonly sender: Uint8Array;
}

/** Reads what recvmsg put into a message, `length` bytes of data; undefined when it is neither reply nor error. */
export function readReceived(
  message: Message,
  length: number,
  family: 4 | 6,
  kind: 'datagram' | 'raw',
): ReceivedReply | ReceivedError | undefined {
  const received = message.data.subarray(0, length);
  const withHeader = kind === 'raw' && family === 4;
  const packet = withHeader ? ipv4Payload(received) : received;
  // The kernel has not checked yet what it hands to a raw IPv4 socket.
  if (packet === undefined || (withHeader && checksum(packet) !== 0)) return undefined;
  const reply = decodeEchoReply(packet, family);
  if (reply !== undefined) {
    return { kind: 'reply', ...reply, sender: nameOf(message, family), ...readFacts(message, family) };
  }
  const error = decodeQuotedError(packet, family);
  return error && { kind: 'error', ...error, sender: nameOf(message, family) };
}

/**
 * Reads what recvmsg took from the queue of errors: the data is the request from its ICMP header on, the name is where
 * it went, and a control message holds `struct sock_extended_err` { u32 errno; u8 origin, type, code, pad; u32 info,
 * data }, followed by the socket address of who sent the error (include/uapi/linux/errqueue.h).
 */
export function readQueuedError(message: Message, length: number, family: 4 | 6): ReceivedError | undefined {
  const numbers = familyNumbers[family];
  const { controlView: view, control } = message;
  const echo = decodeQuotedEcho(message.data.subarray(0, length), family);
  if (echo === undefined) return undefined;
  let found: ReceivedError | undefined;
  eachControl(view, message.controlLength, (level, messageType, start, end) => {
    if (level !== numbers.level || messageType !== numbers.receiveError) return;
    if (end - start < 16 + numbers.nameLength) return;
    const type = view.getUint8(start + 5);
    const code = view.getUint8(start + 6);
    if (view.getUint8(start + 4) === SO_EE_ORIGIN_LOCAL || !numbersOf(family).errors.has(type)) return;
    const info = view.getUint32(start + 8, littleEndian);
    const sender = start + 16 + numbers.addressOffset;
    found = {
      kind: 'error',
      type,
      code,
      mtu: isPacketTooBig(family, type, code) && info > 0 ? info : undefined,
      destination: nameOf(message, family),
      ...echo,
      sender: control.slice(sender, sender + numbers.addressLength),
    };
  });
  return found;
}

function nameOf({ name }: Message, family: 4 | 6): Uint8Array {
  const { addressOffset, addressLength } = familyNumbers[family];
  return name.slice(addressOffset, addressOffset + addressLength);
}

function readFacts(message: Message, family: 4 | 6): Pick<ReceivedReply, 'hopLimit' | 'time'> {
  const numbers = familyNumbers[family];
  const view = message.controlView;
  let hopLimit: number | undefined;
  let time: KernelTime | undefined;
  eachControl(view, message.controlLength, (level, type, start, end) => {
    if (level === numbers.level && type === numbers.hopLimit && end - start >= 4) {
      hopLimit = view.getInt32(start, littleEndian);
    } else if (level === SOL_SOCKET && type === SO_TIMESTAMPNS && end - start >= 2 * wordLength) {
      time = { seconds: readWord(view, start), nanoseconds: readWord(view, start + wordLength) };
    }
  });
  return { hopLimit, time };
}
