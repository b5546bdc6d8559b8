import { abortFailure, onAbort, type ProbeSignal } from '../../net/abort.ts';
import type { Connection } from '../../net/connection.ts';
import { asFailure } from '../../net/error-reason.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { HeaderValues } from '../http/header-fields.ts';
import { exchangeHttp2 } from '../http2/exchange.ts';
import { errorText } from '../http2/frames.ts';
import type { Http2Request } from '../http2/request.ts';
import type { ResponseFields } from '../http2/response-fields.ts';
import type { ResponseReceiver } from '../http2/response-reader.ts';
import { Answer } from './answer.ts';
import { GrpcFailure, statusOfReset } from './status.ts';

/**
 * Makes a unary call over a connection, which is closed then. Gives the message of the answer; throws ProbeFailure
 * unless that has the status 0.
 */
export async function call(connection: Connection, request: Http2Request, signal: ProbeSignal): Promise<Buffer> {
  const { stream } = connection;
  if (signal.aborted) throw abortFailure(signal, 'request');
  if (stream.destroyed) throw new ProbeFailure('request', 'closed', 'The server closed the connection');
  const receiver = new Receiver(connection);
  const ignore = onAbort(signal, () => receiver.fail(abortFailure(signal, 'response')));
  let stop = (): void => {};
  try {
    stop = exchangeHttp2(stream, request, receiver);
    return await receiver.message;
  } finally {
    ignore();
    stop();
    await connection.close();
  }
}

/** Puts the answer together. */
class Receiver implements ResponseReceiver {
  readonly phase = 'response';
  readonly message: Promise<Buffer>;
  readonly #connection: Connection;
  readonly #answer = new Answer();
  #settle!: (message: Buffer) => void;
  #reject!: (error: unknown) => void;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.message = new Promise((settle, reject) => {
      this.#settle = settle;
      this.#reject = reject;
    });
  }

  answered(): void {}

  start(response: ResponseFields, last: boolean): void {
    this.#connection.heard();
    this.#answer.start(response, last);
  }

  data(chunk: Buffer): void {
    this.#answer.take(chunk);
  }

  trailers(trailers: HeaderValues): void {
    this.#answer.end(trailers);
  }

  end(): void {
    try {
      this.#settle(this.#answer.message());
    } catch (error) {
      this.#reject(error);
    }
  }

  reset(code: number): void {
    const why = `The server reset the stream with ${errorText(code)}`;
    this.#reject(new GrpcFailure(statusOfReset(code), 'response', 'reset', why));
  }

  fail(error: unknown): void {
    this.#reject(asFailure(error, 'response', 'The HTTP/2 exchange failed'));
  }
}
