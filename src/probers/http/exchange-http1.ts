import type { Duplex } from 'node:stream';
import { Client, type Dispatcher } from 'undici';
import type { Connection } from '../../net/connection.ts';
import { asFailure, errorCode } from '../../net/error-reason.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { HttpExchange, HttpRequest } from './exchange.ts';
import type { Incoming } from './incoming.ts';
import { maxHeaderSize, ResponseHead } from './response-head.ts';

/** Sends one request by HTTP/1.1 and takes the response, as `exchange` says. */
export async function exchangeByHttp1(
  connection: Connection,
  request: HttpRequest,
  incoming: Incoming,
): Promise<HttpExchange> {
  const client = clientOf(connection, request.origin);
  try {
    dispatch(client, connection.stream, request, incoming);
    return await incoming.result;
  } finally {
    await client.destroy(exchangeEnded);
  }
}

/** Given to a client that has done its work. Made once: an error for every probe would cost the capture of its stack. */
export const exchangeEnded = new Error('The exchange has ended');

/** A client whose one connection is the one given. */
export function clientOf({ stream }: Connection, origin: URL): Client {
  let used = false;
  return new Client(origin, {
    pipelining: 1,
    allowH2: false,
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
        else callback(null, stream as never);
      });
    },
  });
}

function dispatch(client: Client, stream: Duplex, request: HttpRequest, incoming: Incoming): void {
  if (incoming.ended) return;
  beforeFirstWrite(stream, () => incoming.send());
  const head = readHeadFirst(stream, () => incoming.answer());
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: () => {},
    onResponseStart: (_controller, status, headers) => {
      // undici takes responses of RTSP too.
      if (head.version === '')
        incoming.end(new ProbeFailure('response', 'bad_response', 'The response is none of HTTP'));
      else incoming.start({ status, headers, version: head.version });
    },
    onResponseData: (controller, chunk) => incoming.data(chunk, controller),
    onResponseEnd: () => incoming.end(stream.errored ?? undefined),
    onResponseError: (_controller, error) => incoming.end(failureOf(error, stream, incoming)),
  };
  const { path, method, headers, body, close } = request;
  client.dispatch({ path, method, headers: [...headers], body: body ?? null, reset: close }, handler);
}

/** undici tells when it begins to make a request, not when it sends it. */
function beforeFirstWrite(stream: Duplex, act: () => void): void {
  const write = stream.write.bind(stream);
  stream.write = (...given: unknown[]): boolean => {
    stream.write = write;
    act();
    return (write as (...given: unknown[]) => boolean)(...given);
  };
}

/** Has the response's head put right before undici sees it. */
function readHeadFirst(stream: Duplex, onFirstByte: () => void): ResponseHead {
  const head = new ResponseHead();
  const read = stream.read.bind(stream);
  stream.read = (size?: number): unknown => {
    for (;;) {
      const chunk = read(size) as Buffer | null;
      if (chunk === null) return null;
      onFirstByte();
      const forwarded = head.read(chunk);
      if (head.done) stream.read = read;
      if (forwarded.length > 0) return forwarded;
    }
  };
  return head;
}

/** What an error of the client means. undici gives no code to what it cannot read, and counts the bytes that 204 and 304 only announce. */
export function failureOf(
  error: Error,
  stream: Duplex,
  { phase, response }: Pick<Incoming, 'phase' | 'response'>,
): ProbeFailure | undefined {
  const wrongLength = errorCode(error) === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
  if (wrongLength && (response?.status === 204 || response?.status === 304)) return undefined;
  const failure = asFailure(error, phase, 'The HTTP exchange failed');
  const unreadable = error.name === 'HTTPParserError' || /^bad (response|upgrade)$/.test(error.message);
  if (!wrongLength && !unreadable && errorCode(error) !== 'ERR_ASSERTION') return failure;
  const reason = stream.readableEnded ? 'closed' : 'bad_response';
  return new ProbeFailure(phase, reason, failure.message, { cause: error });
}
