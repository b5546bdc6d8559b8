import type { Duplex } from 'node:stream';
import type { Connection } from '../../net/connection.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { HttpExchange, HttpRequest } from './exchange.ts';
import type { Incoming } from './incoming.ts';
import type { Input } from './lines.ts';
import { receive } from './receive.ts';
import { requestHead } from './request-head.ts';
import { bodyLength, ResponseBody } from './response-body.ts';
import { ResponseHead } from './response-head.ts';

/** Sends one request by HTTP/1.1 and takes the response, as `exchange` says. */
export async function exchangeByHttp1(
  connection: Connection,
  request: HttpRequest,
  incoming: Incoming,
): Promise<HttpExchange> {
  const { stream } = connection;
  let stop = (): void => {};
  try {
    if (!incoming.ended) {
      stop = receive(stream, new Reader(stream, request.method, incoming));
      if (!incoming.ended) send(stream, request, incoming);
    }
    return await incoming.result;
  } finally {
    stop();
    await connection.close();
  }
}

/** Methods whose requests say that they have no body. */
export const expectsBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

function send(stream: Duplex, { method, path, headers, body, close }: HttpRequest, incoming: Incoming): void {
  const [host = '', authority = '', ...others] = headers;
  const given = [host, authority, 'Connection', close ? 'close' : 'keep-alive', ...others];
  if (body !== undefined || expectsBody.has(method)) given.push('Content-Length', String(body?.length ?? 0));
  const head = requestHead(method, path, given);
  incoming.send();
  if (body === undefined) stream.write(head, 'latin1');
  else stream.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
}

/** Reads a response as it is received, and hands it on. */
class Reader {
  readonly #stream: Duplex;
  readonly #method: string;
  readonly #incoming: Incoming;
  readonly #head = new ResponseHead();
  #body: ResponseBody | undefined;

  constructor(stream: Duplex, method: string, incoming: Incoming) {
    this.#stream = stream;
    this.#method = method;
    this.#incoming = incoming;
  }

  data(chunk: Buffer): void {
    this.#incoming.answer();
    const input = { chunk, at: 0 };
    try {
      this.#body ??= this.#readHead(input);
      if (this.#body !== undefined) this.#readBody(this.#body, input);
    } catch (error) {
      this.#incoming.end(error);
    }
  }

  end(): void {
    if (this.#body?.endsByClose === true) this.#incoming.end();
    else this.fail(null);
  }

  fail(error: Error | null): void {
    const { phase } = this.#incoming;
    this.#incoming.end(error ?? new ProbeFailure(phase, 'closed', 'The connection ended within the response'));
  }

  #readHead(input: Input): ResponseBody | undefined {
    const response = this.#head.read(input);
    if (response === undefined) return undefined;
    if (response.status === 101) {
      throw new ProbeFailure('response', 'bad_response', 'It switches the protocol, which nobody has asked for');
    }
    const body = new ResponseBody(bodyLength(response, this.#method));
    this.#incoming.start(response);
    return body;
  }

  /** What one chunk holds of the body is handed on in one go, since it may make the sink busy. */
  #readBody(body: ResponseBody, input: Input): void {
    const pieces: Buffer[] = [];
    try {
      for (let piece = body.read(input); piece !== undefined; piece = body.read(input)) pieces.push(piece);
    } finally {
      const [first] = pieces;
      if (first !== undefined) this.#incoming.data(pieces.length === 1 ? first : Buffer.concat(pieces), this.#stream);
    }
    if (body.done) this.#incoming.end();
  }
}
