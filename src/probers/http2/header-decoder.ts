import { BlockReader } from './block-reader.ts';
import { DynamicTable } from './dynamic-table.ts';
import { type Field, sizeOf } from './field.ts';
import { staticTable } from './static-table.ts';

/** Decodes the header blocks of one connection (RFC 7541), in their order. */
export class HeaderDecoder {
  readonly #maxSize: number;
  readonly #maxFields: number;
  readonly #table = new DynamicTable();

  /** Fields of a block are counted with 32 bytes each besides name and value (RFC 9113, section 6.5.2): `maxSize` bytes and `maxFields` at most. */
  constructor(limits: { readonly maxSize: number; readonly maxFields: number }) {
    this.#maxSize = limits.maxSize;
    this.#maxFields = limits.maxFields;
  }

  /**
   * The fields of one whole block. Throws RangeError when it cannot be decoded, or is larger than the limits: no later
   * block of the connection can be decoded then.
   */
  decode(block: Uint8Array): Field[] {
    const reader = new BlockReader(block);
    const fields: Field[] = [];
    let size = 0;
    while (!reader.ended) {
      const field = this.#next(reader, fields.length === 0);
      if (field === undefined) continue;
      size += sizeOf(field);
      if (size > this.#maxSize) throw new RangeError(`The header fields have more than ${this.#maxSize} bytes`);
      if (fields.length === this.#maxFields)
        throw new RangeError(`There are more than ${this.#maxFields} header fields`);
      fields.push(field);
    }
    return fields;
  }

  /** Decodes one representation (section 6): undefined if that is a size update, which only stands before all fields (section 4.2). */
  #next(reader: BlockReader, atStart: boolean): Field | undefined {
    const first = reader.byte();
    if (first >= 0x80) return this.#indexed(reader.integer(first, 0x7f));
    if (first >= 0x40) {
      const field = this.#literal(reader, reader.integer(first, 0x3f));
      this.#table.add(field);
      return field;
    }
    if (first < 0x20) return this.#literal(reader, reader.integer(first, 0x0f));
    if (!atStart) throw new RangeError('The size of the dynamic table changes behind a header field');
    this.#table.resize(reader.integer(first, 0x1f));
    return undefined;
  }

  #literal(reader: BlockReader, nameIndex: number): Field {
    const name = nameIndex === 0 ? reader.string() : this.#indexed(nameIndex)[0];
    return [name, reader.string()];
  }

  /** A field of both tables in one (section 2.3.3). */
  #indexed(index: number): Field {
    const field = index <= staticTable.length ? staticTable[index - 1] : this.#table.at(index - staticTable.length - 1);
    if (field === undefined) throw new RangeError(`No header field has the index ${index}`);
    return field;
  }
}
