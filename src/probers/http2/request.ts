import type { Duplex } from 'node:stream';
import { checkField } from '../http/request-head.ts';
import type { Field } from './field.ts';
import { encodeHeaders } from './header-encoder.ts';
import { flags, frame, frameTypes, maxPayload } from './frames.ts';
import { defaultWindow, maxWindow, preface } from './settings.ts';

/** The only stream of a connection. */
export const requestStream = 1;

export interface Http2Request {
  readonly method: string;
  /** With all pseudo-headers, that of the method too, which come first. */
  readonly fields: readonly Field[];
  readonly body: Buffer | undefined;
}

/** Sends one request, its body no faster than the server takes it (RFC 9113, section 5.2). */
export class RequestSender {
  readonly #stream: Duplex;
  readonly #block: Buffer;
  readonly #body: Buffer | undefined;
  #sent = 0;
  #connectionWindow = defaultWindow;
  #streamWindow = defaultWindow;
  #initialWindow = defaultWindow;

  /** Throws ProbeFailure when a field cannot be sent. */
  constructor(stream: Duplex, { fields, body }: Http2Request) {
    for (const [name, value] of fields) checkField(name.replace(/^:/, ''), value);
    this.#stream = stream;
    this.#block = encodeHeaders(fields);
    this.#body = body?.length === 0 ? undefined : body;
  }

  /** Whether some of the body is still to be sent. */
  get sending(): boolean {
    return this.#sent < (this.#body?.length ?? 0);
  }

  /** Sends the preface, the headers and what may be sent of the body, in one go. */
  begin(): void {
    const block = this.#block;
    this.#stream.cork();
    this.#stream.write(preface);
    let sent = 0;
    do {
      const part = block.subarray(sent, sent + maxPayload);
      const type = sent === 0 ? frameTypes.headers : frameTypes.continuation;
      const end = sent === 0 && this.#body === undefined ? flags.endStream : 0;
      sent += part.length;
      this.#stream.write(frame(type, sent === block.length ? end | flags.endHeaders : end, requestStream, part));
    } while (sent < block.length);
    if (this.#body !== undefined) this.#stream.on('drain', this.#continue.bind(this));
    this.#continue();
    this.#stream.uncork();
  }

  /** Takes the window that settings give every stream. Throws RangeError when it then is too large. */
  setInitialWindow(size: number): void {
    this.#streamWindow = within(this.#streamWindow + size - this.#initialWindow);
    this.#initialWindow = size;
    this.#continue();
  }

  /** Takes a WINDOW_UPDATE of the connection (0) or of the stream. Throws RangeError for one that may not be. */
  widen(stream: number, increment: number): void {
    if (increment === 0) throw new RangeError('A window is widened by nothing');
    if (stream === 0) this.#connectionWindow = within(this.#connectionWindow + increment);
    else this.#streamWindow = within(this.#streamWindow + increment);
    this.#continue();
  }

  #continue(): void {
    const body = this.#body;
    if (body === undefined) return;
    while (this.#sent < body.length && !this.#stream.writableNeedDrain && this.#stream.writable) {
      const size = Math.min(maxPayload, this.#connectionWindow, this.#streamWindow);
      if (size <= 0) return;
      const part = body.subarray(this.#sent, this.#sent + size);
      this.#sent += part.length;
      this.#connectionWindow -= part.length;
      this.#streamWindow -= part.length;
      const end = this.#sent === body.length ? flags.endStream : 0;
      this.#stream.write(frame(frameTypes.data, end, requestStream, part));
    }
  }
}

function within(window: number): number {
  if (window > maxWindow) throw new RangeError('A window is too wide');
  return window;
}
