import { ProbeFailure } from '../../net/failure.ts';
import type { HttpResponse } from './exchange.ts';
import { HeaderFields } from './header-fields.ts';
import { type Input, Lines } from './lines.ts';
import { maxHeaderSize } from './response-head.ts';

/** How long a body is: in bytes, as its chunks say, or up to the end of the connection. */
export type BodyLength = number | 'chunked' | 'close';

/** The length that a head tells (RFC 9112, section 6.3). Throws ProbeFailure in phase `response` where it makes no sense. */
export function bodyLength({ status, headers, version }: HttpResponse, method: string): BodyLength {
  const { 'content-length': lengths, 'transfer-encoding': coding } = headers;
  const length = typeof lengths === 'object' && new Set(lengths).size === 1 ? lengths[0] : lengths;
  if (typeof length === 'object') throw bad('response', `It has several lengths: ${length.join(', ')}`);
  if (status === 204 || status === 304) return 0;
  // HTTP/1.0 does not know of codings.
  if (coding !== undefined && version !== '1.0') {
    if (String(coding).toLowerCase() !== 'chunked') throw bad('response', `Its transfer encoding is ${String(coding)}`);
    return method === 'HEAD' ? 0 : 'chunked';
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw bad('response', `Its length is ${length}`);
  if (method === 'HEAD') return 0;
  return length === undefined ? 'close' : Number(length);
}

/** The longest line that tells the size of a chunk. */
const maxSizeLine = 16 * 1024;

/** Reads a body of any length. */
export class ResponseBody {
  #state: 'data' | 'close' | 'size' | 'chunk' | 'chunkEnd' | 'trailer' | 'done';
  /** Bytes to come of the body, or of the chunk. */
  #left = 0;
  #lines = new Lines(maxSizeLine, 'transfer');
  readonly #trailer = new HeaderFields('transfer');

  constructor(length: BodyLength) {
    if (typeof length === 'number') {
      this.#left = length;
      this.#state = length === 0 ? 'done' : 'data';
    } else {
      this.#state = length === 'chunked' ? 'size' : 'close';
    }
  }

  /** Whether it has come to its end. */
  get done(): boolean {
    return this.#state === 'done';
  }

  /** Whether the end of the connection is its end. */
  get endsByClose(): boolean {
    return this.#state === 'close';
  }

  /** The next piece of data; undefined when more has to be received first, or none comes. Throws ProbeFailure in phase `transfer`. */
  read(input: Input): Buffer | undefined {
    for (;;) {
      if (input.at === input.chunk.length) return undefined;
      switch (this.#state) {
        case 'done':
          return undefined;
        case 'close':
          return take(input, Infinity);
        case 'data':
        case 'chunk':
          return this.#data(input);
        case 'size':
        case 'chunkEnd':
        case 'trailer':
          this.#line(input);
      }
    }
  }

  #data(input: Input): Buffer {
    const piece = take(input, this.#left);
    this.#left -= piece.length;
    if (this.#left === 0) this.#state = this.#state === 'data' ? 'done' : 'chunkEnd';
    return piece;
  }

  /** RFC 9112, section 7.1. */
  #line(input: Input): void {
    const line = this.#lines.next(input);
    if (this.#state === 'chunkEnd') {
      if (!/^\r?$/.test(line ?? this.#lines.partial)) throw bad('transfer', 'A chunk is longer than it says');
      if (line !== undefined) this.#begin('size', maxSizeLine);
    } else if (line === undefined) {
      return;
    } else if (this.#state === 'size') {
      const [, size] = /^([0-9a-f]{1,13})[ \t]*(?:;|$)/i.exec(line) ?? [];
      if (size === undefined) throw bad('transfer', `${JSON.stringify(line.slice(0, 100))} is no size of a chunk`);
      this.#left = Number.parseInt(size, 16);
      if (this.#left === 0) this.#begin('trailer', maxHeaderSize);
      else this.#begin('chunk', maxSizeLine);
    } else if (line !== '') {
      this.#trailer.add(line);
    } else {
      this.#trailer.end();
      this.#state = 'done';
    }
  }

  #begin(state: 'size' | 'chunk' | 'trailer', limit: number): void {
    this.#state = state;
    this.#lines = new Lines(limit, 'transfer');
  }
}

function take(input: Input, most: number): Buffer {
  const end = Math.min(input.chunk.length, input.at + most);
  const piece = input.chunk.subarray(input.at, end);
  input.at = end;
  return piece;
}

function bad(phase: 'response' | 'transfer', message: string): ProbeFailure {
  return new ProbeFailure(phase, 'bad_response', message);
}
