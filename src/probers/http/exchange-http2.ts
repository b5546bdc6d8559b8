import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Connection } from '../../net/connection.ts';
import { asFailure, errorCode } from '../../net/error-reason.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { unlessFault } from '../http2-fault.ts';
import type { HttpExchange, HttpRequest, HttpResponse } from './exchange.ts';
import type { Incoming } from './incoming.ts';
import { maxHeaderSize } from './response-head.ts';

const maxHeaderFields = 10_000;

/**
 * Sends one request by HTTP/2 and takes the response, as `exchange` says. The runtime's own client tells that a stream
 * was reset, and not ended, and that a GOAWAY lets it go on.
 */
export async function exchangeByHttp2(
  connection: Connection,
  request: HttpRequest,
  incoming: Incoming,
): Promise<HttpExchange> {
  const { stream } = connection;
  let session: ClientHttp2Session | undefined;
  try {
    if (stream.destroyed) incoming.end(lossOf(stream, incoming));
    if (!incoming.ended) {
      session = open(stream, request.origin);
      send(session, stream, request, incoming);
    }
  } catch (error) {
    incoming.end(error);
  }
  const sent = request.body?.length ?? 0;
  try {
    const exchange = await incoming.result;
    return exchange.failure === undefined
      ? exchange
      : { ...exchange, failure: await unlessFault(exchange.failure, session, sent) };
  } catch (error) {
    throw error instanceof ProbeFailure ? await unlessFault(error, session, sent) : error;
  } finally {
    // The session would first say GOAWAY: the server's FIN in answer to it could come before the reset.
    await connection.close();
    session?.destroy();
  }
}

function open(stream: Duplex, origin: URL): ClientHttp2Session {
  const session = connect(origin, {
    createConnection: () => stream,
    settings: { enablePush: false, maxHeaderListSize: maxHeaderSize },
    maxHeaderListPairs: maxHeaderFields,
  });
  session.on('error', () => {}); // The request's stream gets the same error.
  return session;
}

function send(session: ClientHttp2Session, connection: Duplex, request: HttpRequest, incoming: Incoming): void {
  incoming.send();
  const stream = session.request(outgoingHeaders(request), { endStream: request.body === undefined });
  let received = 0;
  stream.on('headers', () => incoming.answer());
  stream.on('response', (headers) => incoming.start(responseOf(headers)));
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    incoming.data(chunk, stream);
  });
  stream.on('error', (error) => incoming.end(streamFailure(error, stream, incoming)));
  stream.on('end', () => {
    const reset = resetFailure(stream, incoming);
    if (reset === undefined) incoming.end(shortFailure(request, incoming, received));
    else incoming.end(lossOf(connection, incoming) ?? reset);
  });
  stream.on('close', () => {
    incoming.end(lossOf(connection, incoming) ?? resetFailure(stream, incoming) ?? closed(incoming));
  });
  if (request.body !== undefined) stream.end(request.body);
}

/** What HTTP/2 says in its own way (RFC 9113, section 8.2.2); only `te: trailers` is left of it. */
const connectionHeaders = /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade|http2-settings)$/;

function outgoingHeaders({ origin, path, method, headers, body }: HttpRequest): OutgoingHttpHeaders {
  const outgoing = Object.create(null) as OutgoingHttpHeaders;
  outgoing[':method'] = method;
  outgoing[':scheme'] = 'https';
  outgoing[':authority'] = origin.host;
  outgoing[':path'] = path;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? '';
    const value = headers[index + 1] ?? '';
    if (name === 'host') outgoing[':authority'] = value;
    else if (!connectionHeaders.test(name) && (name !== 'te' || value === 'trailers')) {
      const before = outgoing[name];
      outgoing[name] = before === undefined ? value : `${String(before)}, ${value}`;
    }
  }
  if (body !== undefined || /^(POST|PUT|PATCH)$/.test(method)) outgoing['content-length'] = body?.length ?? 0;
  return outgoing;
}

function responseOf(received: Readonly<Record<string, unknown>>): HttpResponse {
  const headers = Object.create(null) as Record<string, string | string[] | undefined>;
  for (const [name, value] of Object.entries(received)) {
    if (!name.startsWith(':')) headers[name] = value as string | string[];
  }
  return { status: Number(received[':status']), headers, version: '2.0' };
}

function streamFailure(error: Error, stream: ClientHttp2Stream, incoming: Incoming): ProbeFailure {
  const failure = asFailure(error, incoming.phase, 'The HTTP exchange failed');
  const code = errorCode(error);
  if (code === 'ERR_HTTP2_STREAM_ERROR') return resetFailure(stream, incoming) ?? failure;
  if (code !== 'ERR_HTTP2_SESSION_ERROR') return failure;
  return new ProbeFailure(incoming.phase, 'closed', failure.message, { cause: error });
}

/** What a stream's end by RST_STREAM (RFC 9113, section 6.4) means; undefined of one that ended otherwise. */
function resetFailure({ rstCode }: ClientHttp2Stream, { phase }: Incoming): ProbeFailure | undefined {
  if (rstCode === undefined || rstCode === constants.NGHTTP2_NO_ERROR) return undefined;
  const reason = rstCode === constants.NGHTTP2_PROTOCOL_ERROR ? 'bad_response' : 'reset';
  return new ProbeFailure(phase, reason, `The stream was reset with the HTTP/2 error code ${rstCode}`);
}

/** RST_STREAM without an error may cut a body off too: then it is shorter than it was said to be. */
function shortFailure({ method }: HttpRequest, { response }: Incoming, received: number): ProbeFailure | undefined {
  const length = Number(response?.headers['content-length'] ?? received);
  if (method === 'HEAD' || response?.status === 204 || response?.status === 304 || received >= length) return undefined;
  return new ProbeFailure('transfer', 'closed', `The body ended after ${received} of ${length} bytes`);
}

/** Why the whole connection is gone; undefined while it is not. */
function lossOf({ destroyed, errored }: Duplex, incoming: Incoming): ProbeFailure | undefined {
  if (errored != null) return asFailure(errored, incoming.phase, 'The HTTP exchange failed');
  return destroyed ? closed(incoming) : undefined;
}

function closed({ phase }: Incoming): ProbeFailure {
  return new ProbeFailure(phase, 'closed', 'The server closed the connection');
}
