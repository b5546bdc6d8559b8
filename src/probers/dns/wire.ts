import { escapeLabel } from './presentation.ts';

/** Bytes that are no DNS message. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

const maxNameLength = 255;
/** No name of 255 bytes needs more (each pointer but the last follows a label). */
const maxPointers = 126;
/** How many labels the names of one message may have in all: by compression, 64 KiB could hold millions. */
const maxLabels = 2 ** 18;

/** Reads a DNS message (RFC 1035, section 4) piece by piece, never beyond its end. Every method throws WireError. */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  /** Shared by all readers of a message. */
  readonly #seen: { labels: number };
  #position: number;

  constructor(bytes: Buffer, position = 0, end = bytes.length, seen = { labels: 0 }) {
    this.#bytes = bytes;
    this.#position = position;
    this.#end = end;
    this.#seen = seen;
  }

  get ended(): boolean {
    return this.#position >= this.#end;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  take(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  rest(): Buffer {
    return this.take(this.#end - this.#position);
  }

  /** A reader of the next `length` bytes, which this one skips; names in them may still point back to what was before. */
  within(length: number): WireReader {
    const start = this.#advance(length);
    return new WireReader(this.#bytes, start, start + length, this.#seen);
  }

  /** A character-string as latin1 text. */
  text(): string {
    return this.take(this.u8()).toString('latin1');
  }

  /** A domain name in presentation form, with its final dot. */
  name(): string {
    let name = '';
    let length = 1;
    let pointers = 0;
    let after: number | undefined;
    for (let size = this.u8(); size !== 0; size = this.u8()) {
      if (size < 0x40) {
        length += size + 1;
        if (length > maxNameLength) throw new WireError(`A name is longer than ${maxNameLength} bytes`);
        this.#seen.labels += 1;
        if (this.#seen.labels > maxLabels) throw new WireError(`The message has more than ${maxLabels} labels`);
        name += `${escapeLabel(this.take(size).toString('latin1'))}.`;
      } else if (size < 0xc0) {
        throw new WireError('A label has a reserved type');
      } else {
        const target = ((size & 0x3f) << 8) | this.u8();
        after ??= this.#position;
        pointers += 1;
        if (pointers > maxPointers) throw new WireError('A name is compressed in a loop');
        this.#position = target;
      }
    }
    this.#position = after ?? this.#position;
    return name === '' ? '.' : name;
  }

  #advance(length: number): number {
    const start = this.#position;
    if (start + length > this.#end) throw new WireError('The message ends too early');
    this.#position = start + length;
    return start;
  }
}
