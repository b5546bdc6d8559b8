import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { systemReason } from '../log/system-reason.ts';

/** Where rows are written to, no faster than it takes them. */
export class Output {
  readonly #stream: Writable;
  #error: Error | undefined;
  #room: Promise<unknown> | undefined;

  /** `onError` hears that it takes no more: no space is left, or whoever read the pipe has gone. */
  constructor(stream: Writable, name: string, onError: () => void) {
    this.#stream = stream;
    stream.on('error', (cause) => {
      this.#error ??= new Error(`Cannot write ${name}: ${systemReason(cause)}`, { cause });
      onError();
    });
  }

  /** Whether nobody reads any more what is written to a pipe. */
  get isAbandoned(): boolean {
    const cause = this.#error?.cause;
    return cause instanceof Error && 'code' in cause && cause.code === 'EPIPE';
  }

  /** Writes a text; resolves when there is room for more. Throws an Error that names the output. */
  async write(text: string): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    if (text === '' || this.#stream.write(text)) return;
    this.#room ??= once(this.#stream, 'drain').finally(() => (this.#room = undefined));
    await this.#room.catch(() => {});
    if (this.#error !== undefined) throw this.#error;
  }

  /** Resolves when everything is written. Throws an Error that names the output. */
  async flush(): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    await new Promise<void>((resolve) => this.#stream.write('', () => resolve()));
    if (this.#error !== undefined) throw this.#error;
  }
}
