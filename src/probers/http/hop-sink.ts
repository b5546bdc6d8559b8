import { Body, type BodyOptions } from './body.ts';
import type { HttpResponse, ResponseSink } from './exchange.ts';

/** What is read of a response that is left for another. */
const maxLeftBody = 64 * 1024;

/** Takes the response of one hop: its body whole when it is the final one, a little of it when a redirect is followed. */
export class HopSink implements ResponseSink {
  readonly body: Body;
  readonly #follows: (response: HttpResponse) => boolean;
  readonly #answered: (processing: number) => void;
  #leaves = false;
  #left = 0;

  constructor(
    options: BodyOptions,
    follows: (response: HttpResponse) => boolean,
    answered: (processing: number) => void,
  ) {
    this.body = new Body(options);
    this.#follows = follows;
    this.#answered = answered;
  }

  /** Whether the response is a redirect that is followed. */
  get leaves(): boolean {
    return this.#leaves;
  }

  get wantsMore(): boolean {
    return this.#leaves ? this.#left <= maxLeftBody : this.body.wantsMore;
  }

  answered(processing: number): void {
    this.#answered(processing);
  }

  start(response: HttpResponse): void {
    this.#leaves = this.#follows(response);
  }

  write(chunk: Buffer): Promise<void> | undefined {
    if (!this.#leaves) return this.body.write(chunk);
    this.#left += chunk.length;
    return undefined;
  }
}
