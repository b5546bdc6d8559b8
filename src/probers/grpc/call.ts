import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2';
import { abortFailure, onAbort, type ProbeSignal } from '../../net/abort.ts';
import type { Connection } from '../../net/connection.ts';
import { asFailure, errorCode } from '../../net/error-reason.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { unlessFault } from '../http2-fault.ts';
import { Answer } from './answer.ts';
import { frameMessage } from './message.ts';
import { GrpcFailure, resetText, statusOfReset } from './status.ts';

export interface GrpcRequest {
  /** With all pseudo-headers. */
  readonly headers: OutgoingHttpHeaders;
  readonly message: Buffer;
}

/** Only what a request does not tell itself is taken from it. */
const anyOrigin = 'http://localhost';

/**
 * Makes a unary call over a connection, which is closed then. Gives the message of the answer; throws ProbeFailure
 * unless that has the status 0.
 */
export async function call(connection: Connection, request: GrpcRequest, signal: ProbeSignal): Promise<Buffer> {
  const { stream } = connection;
  if (signal.aborted) throw abortFailure(signal, 'request');
  if (stream.destroyed) throw new ProbeFailure('request', 'closed', 'The server closed the connection');
  const session = connect(anyOrigin, { createConnection: () => stream, settings: { enablePush: false } });
  session.on('error', () => {}); // The stream gets the same error.
  const closed = new Promise<void>((settle) => session.once('close', settle));
  try {
    return await exchange(session, request, () => connection.heard(), signal);
  } catch (error) {
    throw error instanceof ProbeFailure ? await unlessFault(error, session, request.message.length) : error;
  } finally {
    // The session would first say GOAWAY: the server's FIN in answer to it could come before the reset.
    await connection.close();
    session.destroy();
    await closed;
  }
}

function exchange(
  session: ClientHttp2Session,
  request: GrpcRequest,
  onAnswer: () => void,
  signal: ProbeSignal,
): Promise<Buffer> {
  return new Promise((settle, reject) => {
    const stream = session.request(request.headers);
    const answer = new Answer();
    let streamError: Error | undefined;
    const stop = onAbort(signal, () => reject(abortFailure(signal, 'response')));
    /** Ends the exchange with what `step` throws. */
    const attempt = (step: () => void): void => {
      try {
        step();
      } catch (error) {
        stop();
        reject(error);
      }
    };
    stream.on('response', (headers, flags) => {
      onAnswer();
      attempt(() => answer.start(headers, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0));
    });
    stream.on('data', (chunk: Buffer) => attempt(() => answer.take(chunk)));
    stream.on('trailers', (trailers) => answer.end(trailers));
    stream.on('error', (error: Error) => (streamError = error));
    stream.on('close', () => {
      attempt(() => {
        if (!answer.complete) checkEnd(session, stream.rstCode, streamError);
        stop();
        settle(answer.message());
      });
    });
    stream.end(frameMessage(request.message));
  });
}

/** Throws ProbeFailure when a stream whose answer is incomplete did not end by the server's END_STREAM. */
function checkEnd(session: ClientHttp2Session, resetCode: number | undefined, error: Error | undefined): void {
  const code = errorCode(error);
  const byServer = code === undefined || code === 'ERR_HTTP2_STREAM_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR';
  if (!byServer) throw asFailure(error, 'response', 'The HTTP/2 exchange failed');
  if (session.destroyed) {
    throw new ProbeFailure('response', 'closed', 'The server closed the connection before its answer was whole');
  }
  if (resetCode === undefined || resetCode === constants.NGHTTP2_NO_ERROR) return;
  const why = `The server reset the stream with ${resetText(resetCode)}`;
  throw new GrpcFailure(statusOfReset(resetCode), 'response', 'reset', why);
}
