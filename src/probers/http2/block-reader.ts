import { decodeHuffman } from './huffman.ts';

/** Longer integers are refused: four bytes after the first hold 28 bits. */
const maxShift = 28;

/** Reads the primitives of a header block (RFC 7541, section 5), never beyond its end. Every method throws RangeError. */
export class BlockReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(block: Uint8Array) {
    this.#bytes = Buffer.isBuffer(block) ? block : Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  }

  get ended(): boolean {
    return this.#position >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw new RangeError('The header block ends too early');
    this.#position++;
    return byte;
  }

  /** The integer whose prefix is in `first`, a byte already read: the bits of `mask` (section 5.1). */
  integer(first: number, mask: number): number {
    const prefix = first & mask;
    if (prefix < mask) return prefix;
    let value = prefix;
    for (let shift = 0; shift < maxShift; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('An integer in the header block is too long');
  }

  /** A string literal (section 5.2) as latin1 text. */
  string(): string {
    const first = this.byte();
    const length = this.integer(first, 0x7f);
    const start = this.#position;
    const end = start + length;
    if (end > this.#bytes.length) throw new RangeError('A string is longer than what is left of the header block');
    this.#position = end;
    return first < 0x80 ? this.#bytes.toString('latin1', start, end) : decodeHuffman(this.#bytes, start, end);
  }
}
