import { littleEndian } from './byte-order.ts';
import { numbersOf } from './ping-packet.ts';

/** One instruction of a classic packet filter (include/uapi/linux/filter.h): the jumps are relative. */
type Instruction = readonly [code: number, jumpIfTrue: number, jumpIfFalse: number, value: number];

const loadByte = 0x30; // BPF_LD | BPF_B | BPF_ABS
const loadByteAfterHeader = 0x50; // BPF_LD | BPF_B | BPF_IND
const loadHeaderLength = 0xb1; // BPF_LDX | BPF_B | BPF_MSH
const jumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const give = 0x06; // BPF_RET | BPF_K
const all = 0x4_0000;

const idOffset = 4;
/** A quoted packet follows the header of the error, and its own header has no options or extensions. */
const quotedIdOffset = { 4: 8 + 20 + idOffset, 6: 8 + 40 + idOffset } as const;

/**
 * A filter (an array of `struct sock_filter`) for a raw socket that receives all ICMP messages of the machine: it lets
 * those pass that answer, or are about, an echo request whose id has `tag` as its high byte.
 */
export function encodeEchoFilter(family: 4 | 6, tag: number): Uint8Array {
  const { echoReply, errors } = numbersOf(family);
  // A raw IPv4 socket sees packets from the IP header on, an IPv6 one from the ICMPv6 header on.
  const load = family === 4 ? loadByteAfterHeader : loadByte;
  const count = errors.size;
  const instructions: Instruction[] = [
    [load, 0, 0, 0],
    [jumpIfEqual, count + 1, 0, echoReply],
    ...[...errors].map((type, i): Instruction => [jumpIfEqual, count + 2 - i, 0, type]),
    [give, 0, 0, 0],
    [load, 0, 0, idOffset],
    [jumpIfEqual, 2, 3, tag],
    [load, 0, 0, quotedIdOffset[family]],
    [jumpIfEqual, 0, 1, tag],
    [give, 0, 0, all],
    [give, 0, 0, 0],
  ];
  if (family === 4) instructions.unshift([loadHeaderLength, 0, 0, 0]);
  return encode(instructions);
}

function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(8 * instructions.length));
  const view = new DataView(bytes.buffer);
  for (const [index, [code, jumpIfTrue, jumpIfFalse, value]] of instructions.entries()) {
    view.setUint16(8 * index, code, littleEndian);
    view.setUint8(8 * index + 2, jumpIfTrue);
    view.setUint8(8 * index + 3, jumpIfFalse);
    view.setUint32(8 * index + 4, value, littleEndian);
  }
  return bytes;
}
