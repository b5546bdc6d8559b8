import { littleEndian } from './byte-order.ts';
import type { Libc } from './libc.ts';

/** The bytes of a `long`, a `size_t` and a pointer, which are alike on Linux. */
export const wordLength = ['arm', 'ia32', 'mips', 'mipsel', 'ppc'].includes(process.arch) ? 4 : 8;

const controlHeaderLength = wordLength + 8;

/** Bytes that stay where they are for life: those of a small typed array may move until it is passed to a function. */
export function fixedBytes(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}

/** Writes a number, or an address, as a `long`. */
export function writeWord(view: DataView, at: number, value: bigint): void {
  if (wordLength === 8) view.setBigUint64(at, value, littleEndian);
  else view.setUint32(at, Number(value), littleEndian);
}

/** Reads a `long` that is not negative. */
export function readWord(view: DataView, at: number): number {
  if (wordLength === 4) return view.getUint32(at, littleEndian);
  const [low, high] = littleEndian ? [at, at + 4] : [at + 4, at];
  return view.getUint32(high, littleEndian) * 2 ** 32 + view.getUint32(low, littleEndian);
}

/** The view of all bytes of an array. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * `struct msghdr` of recvmsg and sendmsg with all that it points to (include/linux/socket.h):
 * { void *name; u32 namelen; struct iovec *iov; size_t iovlen; void *control; size_t controllen; int flags }
 */
export class Message {
  /** The structure itself. */
  readonly header = fixedBytes(7 * wordLength);
  /** A socket address. */
  readonly name = fixedBytes(28);
  readonly data: Uint8Array;
  readonly control = fixedBytes(256);
  readonly controlView = viewOf(this.control);
  readonly #view = viewOf(this.header);
  readonly #vector = fixedBytes(2 * wordLength);
  readonly #vectorView = viewOf(this.#vector);

  constructor(libc: Libc, dataLength: number) {
    this.data = fixedBytes(dataLength);
    writeWord(this.#vectorView, 0, libc.address(this.data));
    writeWord(this.#view, 0, libc.address(this.name));
    writeWord(this.#view, 2 * wordLength, libc.address(this.#vector));
    writeWord(this.#view, 3 * wordLength, 1n);
    writeWord(this.#view, 4 * wordLength, libc.address(this.control));
  }

  /** Says how many bytes of each part are to be sent, or may be received. */
  setLengths(name: number, data: number, control: number): void {
    this.#view.setUint32(wordLength, name, littleEndian);
    writeLength(this.#vectorView, wordLength, data);
    writeLength(this.#view, 5 * wordLength, control);
  }

  /** Makes all parts ready to receive. */
  clear(): void {
    this.setLengths(this.name.length, this.data.length, this.control.length);
  }

  /** How many bytes of control messages were received. */
  get controlLength(): number {
    return Math.min(readWord(this.#view, 5 * wordLength), this.control.length);
  }
}

/** Appends a control message of `length` zero bytes; gives where these begin and where the next one does. */
export function appendControl(
  view: DataView,
  at: number,
  level: number,
  type: number,
  length: number,
): { readonly start: number; readonly next: number } {
  const start = at + controlHeaderLength;
  const next = start + Math.ceil(length / wordLength) * wordLength;
  writeLength(view, at, controlHeaderLength + length);
  view.setInt32(at + wordLength, level, littleEndian);
  view.setInt32(at + wordLength + 4, type, littleEndian);
  for (let i = start; i < next; i += 4) view.setUint32(i, 0);
  return { start, next };
}

/** Visits the control messages in the first `length` bytes (`struct cmsghdr`: { size_t len; int level; int type }). */
export function eachControl(
  view: DataView,
  length: number,
  visit: (level: number, type: number, start: number, end: number) => void,
): void {
  let at = 0;
  const limit = Math.min(length, view.byteLength);
  while (at + controlHeaderLength <= limit) {
    const end = at + readWord(view, at);
    if (end < at + controlHeaderLength || end > limit) return;
    visit(
      view.getInt32(at + wordLength, littleEndian),
      view.getInt32(at + wordLength + 4, littleEndian),
      at + controlHeaderLength,
      end,
    );
    at = Math.ceil(end / wordLength) * wordLength;
  }
}

function writeLength(view: DataView, at: number, value: number): void {
  if (wordLength === 4) {
    view.setUint32(at, value, littleEndian);
    return;
  }
  const [low, high] = littleEndian ? [at, at + 4] : [at + 4, at];
  view.setUint32(low, value, littleEndian);
  view.setUint32(high, 0, littleEndian);
}
