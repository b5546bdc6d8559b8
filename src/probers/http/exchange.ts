import type { Connection } from '../../net/connection.ts';
import type { ProbeFailure } from '../../net/failure.ts';
import { exchangeByHttp1 } from './exchange-http1.ts';
import { exchangeByHttp2 } from './exchange-http2.ts';
import { Incoming } from './incoming.ts';
import type { ProbeSignal } from '../../net/abort.ts';

export interface HttpRequest {
  /** Scheme and authority, and no path. */
  readonly origin: URL;
  readonly path: string;
  readonly method: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
  /** Whether the server is asked to close the connection. */
  readonly close: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** `1.0`, `1.1` or `2.0`. */
  readonly version: string;
}

/** Takes a response as it comes. */
export interface ResponseSink {
  /** Called once with the seconds from the sending of the request to the first byte of the answer, also of one that breaks off. */
  answered(processing: number): void;
  /** Called once, before any data. */
  start(response: HttpResponse): void;
  /** Returns a promise, which never rejects, when no more data is wanted before it settles. */
  write(chunk: Buffer): Promise<void> | undefined;
  /** False as soon as the rest of the body is of no use. */
  readonly wantsMore: boolean;
}

/** How an exchange went, once there was a response at all. */
export interface HttpExchange {
  readonly response: HttpResponse;
  /** Seconds from the first byte of the answer to its end. */
  readonly transfer: number;
  /** Why the body was not received to its end (phase `transfer`); undefined when it was, or was not wanted. */
  readonly failure: ProbeFailure | undefined;
}

/**
 * Sends one request over the connection, by HTTP/2 where ALPN chose it, takes the response to its end, and closes the
 * connection. Throws ProbeFailure in phase `response` when no whole headers come.
 */
export function exchange(
  connection: Connection,
  request: HttpRequest,
  sink: ResponseSink,
  signal: ProbeSignal,
): Promise<HttpExchange> {
  const incoming = new Incoming(connection, sink, signal);
  const byHttp2 = connection.tls?.alpn === 'h2';
  return byHttp2 ? exchangeByHttp2(connection, request, incoming) : exchangeByHttp1(connection, request, incoming);
}
