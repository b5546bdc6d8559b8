import type { Connection } from '../../../src/net/connection.ts';
import { ProbeFailure } from '../../../src/net/failure.ts';
import {
  exchange,
  type HttpExchange,
  type HttpRequest,
  type HttpResponse,
  type ResponseSink,
} from '../../../src/probers/http/exchange.ts';

/** Keeps what an exchange hands over. */
export class Keeper implements ResponseSink {
  readonly calls: string[] = [];
  readonly #chunks: Buffer[] = [];
  wantsMore = true;
  onStart: (response: HttpResponse) => void = () => {};
  onWrite: (chunk: Buffer) => Promise<void> | undefined = () => undefined;

  get body(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  answered(processing: number): void {
    this.calls.push(processing >= 0 ? 'answered' : 'answered before the request');
  }

  start(response: HttpResponse): void {
    this.calls.push('start');
    this.onStart(response);
  }

  write(chunk: Buffer): Promise<void> | undefined {
    if (this.calls.at(-1) !== 'write') this.calls.push('write');
    this.#chunks.push(chunk);
    return this.onWrite(chunk);
  }
}

export interface Exchanged {
  readonly exchange: HttpExchange | undefined;
  readonly failure: ProbeFailure | undefined;
  readonly keeper: Keeper;
}

export const get: HttpRequest = {
  origin: new URL('http://a.test'),
  path: '/',
  method: 'GET',
  headers: ['Host', 'a.test'],
  body: undefined,
  close: false,
};

/** Exchanges one request; a failure is given, and anything else that is thrown is thrown. */
export async function exchangeOver(
  connection: Connection,
  request: Partial<HttpRequest> = {},
  keeper = new Keeper(),
  signal = new AbortController().signal,
): Promise<Exchanged> {
  try {
    const done = await exchange(connection, { ...get, ...request }, keeper, signal);
    return { exchange: done, failure: done.failure, keeper };
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    return { exchange: undefined, failure: error, keeper };
  }
}
