import type { Duplex } from 'node:stream';
import type { Connection } from '../../net/connection.ts';
import { type Phase, ProbeFailure } from '../../net/failure.ts';
import { exchangeHttp2 } from '../http2/exchange.ts';
import { errorText } from '../http2/frames.ts';
import type { Field } from '../http2/field.ts';
import type { ResponseFields } from '../http2/response-fields.ts';
import type { ResponseReceiver } from '../http2/response-reader.ts';
import type { HttpExchange, HttpRequest } from './exchange.ts';
import { expectsBody } from './exchange-http1.ts';
import type { Incoming } from './incoming.ts';
import { checkTarget } from './request-head.ts';

/** Sends one request by HTTP/2 and takes the response, as `exchange` says. */
export async function exchangeByHttp2(
  connection: Connection,
  request: HttpRequest,
  incoming: Incoming,
): Promise<HttpExchange> {
  const { stream } = connection;
  let stop = (): void => {};
  try {
    if (!incoming.ended) {
      const { method, body } = request;
      const sent = { method, fields: fieldsOf(request), body };
      incoming.send();
      stop = exchangeHttp2(stream, sent, new Receiver(stream, incoming));
    }
    return await incoming.result;
  } finally {
    stop();
    await connection.close();
  }
}

/** What HTTP/2 says in its own way (RFC 9113, section 8.2.2); only `te: trailers` is left of it. */
const connectionHeaders = /^(connection|keep-alive|proxy-connection|transfer-encoding|upgrade|http2-settings)$/;

/** Throws ProbeFailure when the method or the path cannot be sent. */
function fieldsOf({ origin, path, method, headers, body }: HttpRequest): Field[] {
  checkTarget(method, path);
  let authority = origin.host;
  const fields: Field[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? '';
    const value = headers[index + 1] ?? '';
    if (name === 'host') authority = value;
    else if (!connectionHeaders.test(name) && (name !== 'te' || value === 'trailers')) fields.push([name, value]);
  }
  if (body !== undefined || expectsBody.has(method)) fields.push(['content-length', String(body?.length ?? 0)]);
  return [[':method', method], [':scheme', 'https'], [':authority', authority], [':path', path], ...fields];
}

/** Hands the response on. */
class Receiver implements ResponseReceiver {
  readonly #stream: Duplex;
  readonly #incoming: Incoming;

  constructor(stream: Duplex, incoming: Incoming) {
    this.#stream = stream;
    this.#incoming = incoming;
  }

  get phase(): Phase {
    return this.#incoming.phase;
  }

  answered(): void {
    this.#incoming.answer();
  }

  start({ status, headers }: ResponseFields): void {
    this.#incoming.start({ status, headers, version: '2.0' });
  }

  data(chunk: Buffer): void {
    this.#incoming.data(chunk, this.#stream);
  }

  trailers(): void {}

  end(): void {
    this.#incoming.end();
  }

  reset(code: number): void {
    this.fail(new ProbeFailure(this.phase, 'reset', `The server reset the stream with ${errorText(code)}`));
  }

  fail(error: unknown): void {
    this.#incoming.end(error);
  }
}
