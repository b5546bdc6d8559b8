import { type Phase, ProbeFailure, type Reason } from '../../net/failure.ts';
import type { HeaderValues } from '../http/header-fields.ts';
import type { Field } from './field.ts';
import { regularFields, type ResponseFields, responseFields } from './response-fields.ts';

/** Hears of the response to the one request of a connection. Of `end`, `reset` and `fail` one comes, and is the last. */
export interface ResponseReceiver {
  /** Where the exchange would fail now. */
  readonly phase: Phase;
  /** Something of the response has come, be it an interim one; it may be told again. */
  answered(): void;
  /** `last`: nothing follows but the end. */
  start(response: ResponseFields, last: boolean): void;
  data(chunk: Buffer): void;
  trailers(trailers: HeaderValues): void;
  end(): void;
  /** The server has ended the stream with an error code. */
  reset(code: number): void;
  /** Nothing more comes: a ProbeFailure, what a method above threw, or an error of the connection. */
  fail(error: unknown): void;
}

/** Makes a response of what comes on its stream (RFC 9113, section 8.1), and hands it on. */
export class ResponseReader {
  readonly #receiver: ResponseReceiver;
  /** Whether the response has no body, whatever length it tells. */
  readonly #bodiless: boolean;
  #response: ResponseFields | undefined;
  #received = 0;
  /** What is not handed on yet: of one chunk all data is, in one go, since it may make the receiver busy. */
  #data: Buffer[] = [];
  #done = false;

  constructor(receiver: ResponseReceiver, method: string) {
    this.#receiver = receiver;
    this.#bodiless = method === 'HEAD';
  }

  /** Whether the receiver has heard the last. */
  get done(): boolean {
    return this.#done;
  }

  /** Takes a header block; `last` when it ends the stream. Throws RangeError when it may not be. */
  fields(fields: readonly Field[], last: boolean): void {
    if (this.#response !== undefined) {
      if (!last) throw new RangeError('The response has headers within its body');
      this.flush();
      this.#receiver.trailers(regularFields(fields));
      this.#end();
      return;
    }
    const response = responseFields(fields);
    this.#receiver.answered();
    if (response.status < 200) {
      if (last) throw new RangeError('An interim response ends the stream');
      return;
    }
    this.#receiver.start(response, last);
    this.#response = response;
    if (last) this.#end();
  }

  /** Takes the data of a frame; `last` when it ends the stream. Throws RangeError when it may not be. */
  data(data: Buffer, last: boolean): void {
    if (this.#response === undefined) throw new RangeError('Data came before the headers');
    this.#received += data.length;
    if (data.length > 0) this.#data.push(data);
    if (last) this.#end();
  }

  /** The server has reset the stream. Without an error that ends the response, or cuts its body off. */
  reset(code: number): void {
    const missing = code === 0 ? this.#missing() : undefined;
    if (missing !== undefined) return this.fail(this.failure('closed', missing));
    this.flush();
    this.#done = true;
    if (code === 0) this.#receiver.end();
    else this.#receiver.reset(code);
  }

  /** Fails, unless the receiver has heard the last already. */
  fail(error: unknown): void {
    if (this.#done) return;
    let first = error;
    try {
      this.flush();
    } catch (thrown) {
      first = thrown; // What came before is wrong already.
    }
    this.#done = true;
    this.#receiver.fail(first);
  }

  /** Hands on what has come of the body. */
  flush(): void {
    const pieces = this.#data;
    const [first] = pieces;
    if (first === undefined) return;
    this.#data = [];
    this.#receiver.data(pieces.length === 1 ? first : Buffer.concat(pieces));
  }

  failure(reason: Reason, message: string): ProbeFailure {
    return new ProbeFailure(this.#receiver.phase, reason, message);
  }

  #end(): void {
    const missing = this.#missing();
    if (missing !== undefined) throw new RangeError(missing);
    this.flush();
    this.#done = true;
    this.#receiver.end();
  }

  /** What the body has not of the length that the headers tell; undefined when it is right. */
  #missing(): string | undefined {
    const { status, headers } = this.#response ?? {};
    const lengths = headers?.['content-length'];
    if (lengths === undefined || this.#bodiless || status === 204 || status === 304) return undefined;
    const wrong = [lengths].flat().find((length) => Number(length) !== this.#received);
    return wrong === undefined ? undefined : `The body has ${this.#received} bytes, and not ${wrong}`;
  }
}
