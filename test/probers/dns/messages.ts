import { types, type TypeName } from '../../../src/probers/dns/codes.ts';

/** Numbers of 1, 2 or 4 bytes in network order. */
export const u8 = (...values: number[]): Buffer => integers(1, values);
export const u16 = (...values: number[]): Buffer => integers(2, values);
export const u32 = (...values: number[]): Buffer => integers(4, values);

function integers(size: number, values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(size * values.length);
  values.forEach((value, index) => bytes.writeUIntBE(value, index * size, size));
  return bytes;
}

export const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

/** Names of letters, digits and such, without a final dot, one after the other. */
export function names(...texts: string[]): Buffer {
  return Buffer.concat(texts.flatMap((text) => [...text.split('.').filter(Boolean).map(text8), Buffer.of(0)]));
}

/** Character-strings of latin1 text. */
export function strings(...texts: string[]): Buffer {
  return Buffer.concat(texts.map(text8));
}

function text8(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')]);
}

/** Bytes behind their length in 2 bytes. */
export function sized(...parts: Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([u16(bytes.length), bytes]);
}

/** The owner of records that name none. */
export const owner = 'example.test';

export interface RecordOptions {
  readonly name?: string | Buffer;
  readonly class?: number;
  readonly ttl?: number;
}

/** A record of a type and its data. */
export function record(type: TypeName | number, data: Buffer, options: RecordOptions = {}): Buffer {
  const { name = owner, class: code = 1, ttl = 300 } = options;
  const start = typeof name === 'string' ? names(name) : name;
  return Buffer.concat([start, u16(typeof type === 'number' ? type : types[type], code), u32(ttl), sized(data)]);
}

export const a = (address: string, options?: RecordOptions): Buffer =>
  record('A', Buffer.from(address.split('.').map(Number)), options);

export interface Answer {
  /** Bits to set in the header beside the response's. */
  readonly flags?: number;
  readonly rcode?: number;
  readonly answer?: readonly Buffer[];
  readonly authority?: readonly Buffer[];
  readonly additional?: readonly Buffer[];
}

export const flags = { response: 0x8000, truncated: 0x0200 } as const;

/** The answer to a query: its header and question, then records. */
export function answerTo(query: Buffer, options: Answer = {}): Buffer {
  const { rcode = 0, answer = [], authority = [], additional = [] } = options;
  const bits = query.readUInt16BE(2) | flags.response | (options.flags ?? 0) | rcode;
  const counts = u16(1, answer.length, authority.length, additional.length);
  const head = Buffer.concat([query.subarray(0, 2), u16(bits), counts]);
  return Buffer.concat([head, query.subarray(12), ...answer, ...authority, ...additional]);
}
