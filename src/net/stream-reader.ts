import type { Duplex } from 'node:stream';
import { abortFailure, onAbort, type ProbeSignal } from './abort.ts';
import { asFailure } from './error-reason.ts';
import { type Phase, ProbeFailure } from './failure.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Reads a connection piece by piece; what was received and not yet asked for waits for the next call. */
export class StreamReader {
  readonly #stream: Duplex;
  readonly #signal: ProbeSignal;
  readonly #phase: Phase;
  #buffer: Buffer = Buffer.alloc(0);
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** `phase` is where a failure to read belongs. */
  constructor(stream: Duplex, signal: ProbeSignal, phase: Phase) {
    this.#stream = stream;
    this.#signal = signal;
    this.#phase = phase;
    stream.on('readable', this.#onReadable).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
  }

  /**
   * The next line without its end (LF or CR LF); the rest of the stream when it ends without one; undefined at the end.
   * Throws ProbeFailure: `too_large` for a line over `limit` bytes, or why nothing can be read.
   */
  async readLine(limit: number): Promise<Buffer | undefined> {
    let searched = 0;
    for (;;) {
      const end = this.#buffer.indexOf(newline, searched);
      if (end > limit || (end < 0 && this.#buffer.length > limit)) {
        throw new ProbeFailure(this.#phase, 'too_large', `A line is longer than ${limit} bytes`);
      }
      if (end >= 0) return withoutCarriageReturn(this.#take(end + 1).subarray(0, end));
      searched = this.#buffer.length;
      if (!(await this.#more())) {
        return searched === 0 ? undefined : withoutCarriageReturn(this.#take(searched));
      }
    }
  }

  /** The next `count` bytes, or fewer when the stream ends. Throws ProbeFailure when nothing can be read. */
  async readBytes(count: number): Promise<Buffer> {
    while (this.#buffer.length < count && (await this.#more()));
    return this.#take(Math.min(count, this.#buffer.length));
  }

  /** Stops reading, so that somebody else may; gives what was received and not asked for. */
  detach(): Buffer {
    this.#stream
      .off('readable', this.#onReadable)
      .off('end', this.#onEnd)
      .off('close', this.#onEnd)
      .off('error', this.#onError);
    return this.#take(this.#buffer.length);
  }

  #take(count: number): Buffer {
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  /** Waits for more bytes; false at the end of the stream. */
  async #more(): Promise<boolean> {
    for (;;) {
      if (this.#signal.aborted) throw abortFailure(this.#signal, this.#phase);
      const chunk = this.#stream.read() as Buffer | null;
      if (chunk !== null) {
        this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
        return true;
      }
      if (this.#error !== undefined) throw asFailure(this.#error, this.#phase, 'Cannot read from the connection');
      if (this.#ended) return false;
      await this.#event();
    }
  }

  async #event(): Promise<void> {
    const woken = new Promise<void>((settle) => {
      this.#wake = settle;
    });
    const stop = onAbort(this.#signal, this.#onReadable);
    await woken;
    stop();
  }

  readonly #onReadable = (): void => {
    this.#wake?.();
    this.#wake = undefined;
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#error ??= this.#stream.errored ?? undefined;
    this.#onReadable();
  };

  readonly #onError = (error: Error): void => {
    this.#error = error;
    this.#onReadable();
  };
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}
