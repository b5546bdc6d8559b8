import { ProbeFailure } from '../../net/failure.ts';

/** The opcodes of RFC 6455, section 5.2. */
export const opcodes = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;
export type Opcode = (typeof opcodes)[keyof typeof opcodes];

/** The header of a frame as a server sends it: without a mask. */
export interface FrameHeader {
  readonly final: boolean;
  readonly opcode: Opcode;
  /** Of the payload, in bytes. */
  readonly length: number;
}

const known: ReadonlySet<number> = new Set(Object.values(opcodes));
const longestControl = 125;

/** How many bytes of a header follow its first two. */
export function restOfHeader(start: Buffer): number {
  const length = start.readUInt8(1) & 0x7f;
  if (length < 126) return 0;
  return length === 126 ? 2 : 8;
}

/** Reads a whole header. Throws ProbeFailure when a server may not send it to a client that asked for no extensions. */
export function readHeader(bytes: Buffer): FrameHeader {
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  const opcode = first & 0x0f;
  if ((first & 0x70) !== 0) throw broken('A frame uses an extension that was not agreed on');
  if ((second & 0x80) !== 0) throw broken('The server masks a frame');
  if (!isOpcode(opcode)) throw broken(`A frame has the opcode ${opcode}, which is none`);
  const final = (first & 0x80) !== 0;
  const length = readLength(bytes, second & 0x7f);
  if (opcode >= opcodes.close && (!final || length > longestControl))
    throw broken('A control frame is too long, or in pieces');
  return { final, opcode, length };
}

function isOpcode(opcode: number): opcode is Opcode {
  return known.has(opcode);
}

function readLength(bytes: Buffer, short: number): number {
  if (short < 126) return short;
  const length = short === 126 ? BigInt(bytes.readUInt16BE(2)) : bytes.readBigUInt64BE(2);
  if (length < (short === 126 ? 126n : 0x1_0000n)) throw broken('A frame writes its length in more bytes than needed');
  if (length > 0x7fff_ffff_ffff_ffffn) throw broken('The length of a frame is negative');
  return Number(length);
}

/** A final frame as a client sends it, masked with the four bytes of `mask` (RFC 6455, section 5.3). */
export function encodeFrame(opcode: Opcode, payload: Buffer, mask: Buffer): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 0x1_0000 ? 4 : 10);
  header.writeUInt8(0x80 | opcode, 0);
  if (header.length === 2) header.writeUInt8(0x80 | length, 1);
  else if (header.length === 4) header.writeUInt16BE(length, header.writeUInt8(0x80 | 126, 1));
  else header.writeBigUInt64BE(BigInt(length), header.writeUInt8(0x80 | 127, 1));
  const masked = Buffer.from(payload);
  for (let index = 0; index < length; index++) masked[index] = (masked[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return Buffer.concat([header, mask, masked]);
}

/** The failure of a server that breaks the protocol. */
export function broken(message: string): ProbeFailure {
  return new ProbeFailure('dialogue', 'bad_response', message);
}
