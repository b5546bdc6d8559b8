import { type Field, sizeOf } from './field.ts';

/** The default of SETTINGS_HEADER_TABLE_SIZE (RFC 9113, section 6.5.2), in bytes. */
const largest = 4096;

/** The dynamic table of a decoder that announces no other size than the default (RFC 7541, section 4). */
export class DynamicTable {
  /** The newest last. */
  readonly #fields: Field[] = [];
  #size = 0;
  #maxSize = largest;

  /** The field that was added `age` fields before the newest; undefined if there is none. */
  at(age: number): Field | undefined {
    return this.#fields[this.#fields.length - 1 - age];
  }

  /** Adds a field after evicting the oldest ones to make room; one that is too large leaves the table empty (section 4.4). */
  add(field: Field): void {
    const size = sizeOf(field);
    this.#evict(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#fields.push(field);
    this.#size += size;
  }

  /** Takes a new maximum size, in bytes (section 4.3). Throws RangeError when it is larger than the default. */
  resize(maxSize: number): void {
    if (maxSize > largest) throw new RangeError(`A dynamic table of ${maxSize} bytes is larger than allowed`);
    this.#maxSize = maxSize;
    this.#evict(maxSize);
  }

  #evict(target: number): void {
    while (this.#size > target) {
      const oldest = this.#fields.shift();
      if (oldest === undefined) return;
      this.#size -= sizeOf(oldest);
    }
  }
}
