import { type Phase, ProbeFailure } from '../../net/failure.ts';

/** A chunk of what was received, and how far it has been read. */
export interface Input {
  readonly chunk: Buffer;
  at: number;
}

const newline = 0x0a;

/** Cuts what is received into lines, which end by CR LF or by LF alone (RFC 9112, section 2.2). */
export class Lines {
  readonly #phase: Phase;
  #left: number;
  #partial = '';

  /** All lines together may have `limit` bytes. */
  constructor(limit: number, phase: Phase) {
    this.#left = limit;
    this.#phase = phase;
  }

  /** What has come of a line that has not ended. */
  get partial(): string {
    return this.#partial;
  }

  /**
   * The next line without its end, a character a byte; undefined when it has not ended yet. Throws ProbeFailure
   * (`too_large`) beyond the limit.
   */
  next(input: Input): string | undefined {
    const { chunk, at } = input;
    const end = chunk.indexOf(newline, at);
    input.at = end < 0 ? chunk.length : end + 1;
    this.#left -= input.at - at;
    if (this.#left < 0) throw new ProbeFailure(this.#phase, 'too_large', 'The head or trailer is too large');
    const text = this.#partial + chunk.toString('latin1', at, end < 0 ? chunk.length : end);
    this.#partial = end < 0 ? text : '';
    if (end < 0) return undefined;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }
}
