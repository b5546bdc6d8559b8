import { createHash } from 'node:crypto';
import { abortFailure, onAbort, type ProbeSignal } from '../../net/abort.ts';
import type { Connection } from '../../net/connection.ts';
import { asFailure } from '../../net/error-reason.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { HttpResponse } from '../http/exchange.ts';
import { receive } from '../http/receive.ts';
import { requestHead } from '../http/request-head.ts';
import { ResponseHead } from '../http/response-head.ts';

export interface HandshakeRequest {
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/**
 * Asks for the upgrade to a WebSocket. Gives the answer, whatever its status; after 101 the connection carries frames.
 * Throws ProbeFailure in phase `response` when no whole headers come.
 */
export function shakeHands(
  connection: Connection,
  { path, headers }: HandshakeRequest,
  signal: ProbeSignal,
): Promise<HttpResponse> {
  const { stream } = connection;
  const head = new ResponseHead();
  return new Promise((settle, reject) => {
    let ignore = (): void => {};
    const finish = (act: () => void): void => {
      stop();
      ignore();
      act();
    };
    const fail = (error: unknown): void =>
      finish(() => reject(asFailure(error, 'response', 'The opening of the WebSocket failed')));
    const stop = onAbort(signal, () => fail(abortFailure(signal, 'response')));
    if (signal.aborted) return;
    ignore = receive(stream, {
      data(chunk) {
        connection.heard();
        const input = { chunk, at: 0 };
        try {
          const response = head.read(input);
          if (response === undefined) return;
          finish(() => settle(response));
          if (input.at < chunk.length) stream.unshift(chunk.subarray(input.at));
        } catch (error) {
          fail(error);
        }
      },
      end: () => fail(closed()),
      fail: (error) => fail(error ?? closed()),
    });
    try {
      stream.write(requestHead('GET', path, [...headers, 'Connection', 'Upgrade', 'Upgrade', 'websocket']), 'latin1');
    } catch (error) {
      fail(error);
    }
  });
}

function closed(): ProbeFailure {
  return new ProbeFailure('response', 'closed', 'The connection ended within the response');
}

/** RFC 6455, section 4.2.2. */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Throws ProbeFailure when an answer of status 101 does not open the WebSocket asked for (RFC 6455, section 4.1). */
export function checkUpgrade({ headers }: HttpResponse, key: string, protocols: readonly string[]): void {
  const { upgrade, connection, 'sec-websocket-accept': accept } = headers;
  if (typeof upgrade !== 'string' || upgrade.toLowerCase() !== 'websocket') {
    throw notWebsocket(`it upgrades to ${JSON.stringify(upgrade)}`);
  }
  if (!/(^|[,\s])upgrade($|[,\s])/i.test(String(connection))) {
    throw notWebsocket('its Connection header does not say "Upgrade"');
  }
  if (
    accept !==
    createHash('sha1')
      .update(key + magic)
      .digest('base64')
  ) {
    throw notWebsocket('its Sec-WebSocket-Accept does not answer the key');
  }
  const { 'sec-websocket-extensions': extensions, 'sec-websocket-protocol': protocol } = headers;
  if (extensions !== undefined) throw notWebsocket(`it uses an extension that was not offered: ${String(extensions)}`);
  if (protocol !== undefined && !protocols.includes(String(protocol))) {
    throw notWebsocket(`it uses a subprotocol that was not offered: ${String(protocol)}`);
  }
}

function notWebsocket(why: string): ProbeFailure {
  return new ProbeFailure('response', 'bad_response', `The server does not open the WebSocket: ${why}`);
}
