import type { Duplex } from 'node:stream';
import { Client, type Dispatcher } from 'undici';
import { abortFailure, onAbort } from '../../net/abort.ts';
import type { Connection } from '../../net/connection.ts';
import { asFailure } from '../../net/error-reason.ts';
import type { ProbeFailure } from '../../net/failure.ts';

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
  /** Called once with the seconds from the request to the first byte of the answer, also of one that breaks off. */
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

/** More header bytes than that are refused. */
const maxHeaderSize = 1024 * 1024;

/**
 * Sends one request over the connection, by HTTP/2 where ALPN chose it, and takes the response to its end. Throws
 * ProbeFailure in phase `response` when no whole headers come.
 */
export async function exchange(
  connection: Connection,
  request: HttpRequest,
  sink: ResponseSink,
  signal: AbortSignal,
): Promise<HttpExchange> {
  let used = false;
  const client = new Client(request.origin, {
    pipelining: 1,
    allowH2: true,
    pingInterval: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize,
    connect: (_options, callback) => {
      // Called a second time only for a retry, which would hide the first failure.
      const retry = used;
      used = true;
      // The client is not ready for an answer within the call.
      queueMicrotask(() => {
        if (retry) callback(new Error('The connection was closed'), null);
        else callback(null, connection.stream as never);
      });
    },
  });
  try {
    return await dispatch(client, connection, request, sink, signal);
  } finally {
    await client.destroy(exchangeEnded);
  }
}

/** Made once: an error for every probe would cost the capture of its stack. */
const exchangeEnded = new Error('The exchange has ended');

function dispatch(
  client: Client,
  connection: Connection,
  request: HttpRequest,
  sink: ResponseSink,
  signal: AbortSignal,
): Promise<HttpExchange> {
  return new Promise((settle, reject) => {
    const started = performance.now();
    let answered = started;
    const onFirstByte = (): void => {
      answered = performance.now();
      sink.answered((answered - started) / 1000);
    };
    const version = watchFirstBytes(connection, onFirstByte);
    let response: HttpResponse | undefined;
    let stop = (): void => {};
    const end = (error?: unknown): void => {
      stop();
      const phase = response === undefined ? 'response' : 'transfer';
      let failure: ProbeFailure | undefined;
      if (signal.aborted) failure = abortFailure(signal, phase);
      else if (error !== undefined) failure = asFailure(error, phase, 'The HTTP exchange failed');
      if (response !== undefined) settle({ response, transfer: (performance.now() - answered) / 1000, failure });
      else reject(failure ?? new Error('The exchange ended without a response'));
    };
    const endIfUnwanted = (controller: Dispatcher.DispatchController): void => {
      if (sink.wantsMore) return;
      end();
      controller.abort(new Error('The rest of the body is not wanted'));
    };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => {},
      onResponseStart: (controller, status, headers) => {
        if (status < 200) return;
        if (answered === started) onFirstByte();
        response = { status, headers, version: version() };
        sink.start(response);
        endIfUnwanted(controller);
      },
      onResponseData: (controller, chunk) => {
        const busy = sink.write(chunk);
        if (busy === undefined) {
          endIfUnwanted(controller);
          return;
        }
        controller.pause();
        void busy.then(() => {
          controller.resume();
          endIfUnwanted(controller);
        });
      },
      onResponseEnd: () => end(),
      onResponseError: (_controller, error) => end(error),
    };
    stop = onAbort(signal, end);
    if (signal.aborted) return;
    const { path, method, headers, body, close } = request;
    client.dispatch(
      { path, method, headers: [...headers], body: body ?? null, reset: close },
      handler,
    );
  });
}

/**
 * Calls when the first byte of an answer is read, and gives the HTTP version that its first line names: undici tells
 * neither. HTTP/2 takes the socket's bytes past the stream; there the coming of the response's headers must do.
 */
function watchFirstBytes(connection: Connection, onFirstByte: () => void): () => string {
  if (connection.tls?.alpn === 'h2') return () => '2.0';
  const stream: Duplex = connection.stream;
  const read = stream.read.bind(stream);
  let head = '';
  stream.read = (size?: number): unknown => {
    const chunk = read(size) as Buffer | null;
    if (chunk === null) return chunk;
    if (head === '') onFirstByte();
    head += chunk.toString('latin1', 0, 8);
    if (head.length >= 8) stream.read = read;
    return chunk;
  };
  return () => head.slice(5, 8);
}
