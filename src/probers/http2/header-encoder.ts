import type { Field } from './field.ts';
import { staticTable } from './static-table.ts';

/** Of fields whose value is a secret, which nobody on the way may put into a table (RFC 7541, section 7.1.3). */
const secretNames: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** Where the fields of each name begin in the static table; they follow each other. */
const firstIndexes: ReadonlyMap<string, number> = new Map(
  staticTable.map(([name], position) => [name, position + 1] as const).reverse(),
);

/** What an integer takes at most, in bytes: of 32 bits, behind its prefix. */
const longestInteger = 6;

/** A header block (RFC 7541) of `fields` that needs no dynamic table and no Huffman code; names are lower-case, values latin1. */
export function encodeHeaders(fields: readonly Field[]): Buffer {
  let most = 0;
  for (const [name, value] of fields) most += name.length + value.length + 3 * longestInteger;
  const block = Buffer.allocUnsafe(most);
  let at = 0;
  for (const field of fields) at = writeField(block, at, field);
  return block.subarray(0, at);
}

/** Writes a field as indexed (section 6.1), never indexed (section 6.2.3) or without indexing (section 6.2.2). */
function writeField(block: Buffer, at: number, [name, value]: Field): number {
  const nameIndex = firstIndexes.get(name) ?? 0;
  const secret = secretNames.has(name);
  const index = secret ? undefined : findIndex(nameIndex, name, value);
  if (index !== undefined) return writeInteger(block, at, 0x80, 0x7f, index);
  const after = writeInteger(block, at, secret ? 0x10 : 0x00, 0x0f, nameIndex);
  return writeString(block, nameIndex === 0 ? writeString(block, after, name) : after, value);
}

function findIndex(nameIndex: number, name: string, value: string): number | undefined {
  if (nameIndex === 0) return undefined;
  for (let index = nameIndex; staticTable[index - 1]?.[0] === name; index++)
    if (staticTable[index - 1]?.[1] === value) return index;
  return undefined;
}

/** Writes an integer whose prefix is the bits of `mask` (section 5.1). */
function writeInteger(block: Buffer, at: number, flags: number, mask: number, value: number): number {
  if (value < mask) return block.writeUInt8(flags | value, at);
  let next = block.writeUInt8(flags | mask, at);
  let rest = value - mask;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) next = block.writeUInt8(0x80 | (rest & 0x7f), next);
  return block.writeUInt8(rest, next);
}

function writeString(block: Buffer, at: number, text: string): number {
  const start = writeInteger(block, at, 0, 0x7f, text.length);
  return start + block.write(text, start, 'latin1');
}
