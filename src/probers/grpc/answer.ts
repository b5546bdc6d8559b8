import type { HeaderValues } from '../http/header-fields.ts';
import type { ResponseFields } from '../http2/response-fields.ts';
import { malformed, MessageReader } from './message.ts';
import { GrpcFailure, grpcStatus, statusOfHttp, statusText } from './status.ts';

/** The response to a unary call, put together as it comes (gRPC's doc/PROTOCOL-HTTP2.md, "Responses"). */
export class Answer {
  readonly #message = new MessageReader();
  #started = false;
  #trailers: HeaderValues | undefined;

  /** Whether all of it has come. */
  get complete(): boolean {
    return this.#trailers !== undefined;
  }

  /** Takes the headers; `last` when nothing follows them. Throws GrpcFailure when they are not those of gRPC. */
  start({ status, headers }: ResponseFields, last: boolean): void {
    this.#started = true;
    const type = String(headers['content-type'] ?? 'no content-type');
    if (!/^application\/grpc($|[+;])/i.test(type)) {
      const reason = status === 200 ? 'bad_response' : 'status';
      const why = `The server does not speak gRPC: it answered with HTTP status ${status} and ${type}`;
      throw new GrpcFailure(statusOfHttp(status), 'response', reason, why);
    }
    if (last) this.#trailers = headers;
  }

  /** Throws GrpcFailure when the data is no message. */
  take(chunk: Buffer): void {
    this.#message.push(chunk);
  }

  end(trailers: HeaderValues): void {
    this.#trailers = trailers;
  }

  /** The message of an answer that has ended. Throws GrpcFailure when its status is not 0, or when it is malformed. */
  message(): Buffer {
    if (this.#trailers === undefined) {
      throw malformed(`The stream ended without ${this.#started ? 'trailers' : 'an answer'}`);
    }
    const { 'grpc-status': status, 'grpc-message': text } = this.#trailers;
    if (typeof status !== 'string' || !/^-?\d{1,9}$/.test(status)) {
      const why = `The answer's grpc-status is ${status === undefined ? 'missing' : JSON.stringify(status)}`;
      throw new GrpcFailure(grpcStatus.unknown, 'response', 'bad_response', why);
    }
    const code = Number(status);
    if (code === 0) return this.#message.finish();
    const said = typeof text === 'string' && text !== '' ? `: ${decodeMessage(text)}` : '';
    throw new GrpcFailure(code, 'check', 'status', `The server answered with status ${statusText(code)}${said}`);
  }
}

/** Reads a percent-encoded grpc-message; what is no UTF-8 stays as it is. */
function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
