import { createHash } from 'node:crypto';
import type { Client, Dispatcher } from 'undici';
import { abortFailure, onAbort, type ProbeSignal } from '../../net/abort.ts';
import type { Connection } from '../../net/connection.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { HttpResponse } from '../http/exchange.ts';
import { clientOf, exchangeEnded, failureOf } from '../http/exchange-http1.ts';

export interface HandshakeRequest {
  /** Scheme and authority, as for HTTP. */
  readonly origin: URL;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/**
 * Asks for the upgrade to a WebSocket. Gives the answer, whatever its status; after 101 the connection carries frames.
 * Throws ProbeFailure in phase `response` when no whole headers come.
 */
export async function shakeHands(
  connection: Connection,
  request: HandshakeRequest,
  signal: ProbeSignal,
): Promise<HttpResponse> {
  const client = clientOf(connection, request.origin);
  try {
    return await ask(client, connection, request, signal);
  } finally {
    await client.destroy(exchangeEnded);
  }
}

function ask(
  client: Client,
  connection: Connection,
  { path, headers }: HandshakeRequest,
  signal: ProbeSignal,
): Promise<HttpResponse> {
  return new Promise((settle, reject) => {
    const stop = onAbort(signal, () => reject(abortFailure(signal, 'response')));
    if (signal.aborted) return;
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => {},
      onRequestUpgrade: (_controller, status, headers) => {
        connection.heard();
        stop();
        settle({ status, headers, version: '1.1' });
      },
      onResponseStart: (controller, status, headers) => {
        if (status < 200 && status !== 101) return;
        connection.heard();
        stop();
        if (status === 101) reject(notWebsocket('its answer has no "Upgrade: websocket" and "Connection: Upgrade"'));
        else settle({ status, headers, version: '1.1' });
        controller.abort(new Error('The body is not wanted'));
      },
      onResponseData: () => {},
      onResponseEnd: () => {},
      onResponseError: (_controller, error) => {
        stop();
        reject(failureOf(error, connection.stream, { phase: 'response', response: undefined }));
      },
    };
    client.dispatch({ path, method: 'GET', headers: [...headers], upgrade: 'websocket' }, handler);
  });
}

/** RFC 6455, section 4.2.2. */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Throws ProbeFailure when an answer of status 101 does not open the WebSocket asked for (RFC 6455, section 4.1). */
export function checkUpgrade({ headers }: HttpResponse, key: string, protocols: readonly string[]): void {
  const { upgrade, 'sec-websocket-accept': accept } = headers;
  if (typeof upgrade !== 'string' || upgrade.toLowerCase() !== 'websocket') {
    throw notWebsocket(`it upgrades to ${JSON.stringify(upgrade)}`);
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
