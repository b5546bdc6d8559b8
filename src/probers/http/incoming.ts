import { abortFailure, onAbort, type ProbeSignal } from '../../net/abort.ts';
import { asFailure } from '../../net/error-reason.ts';
import type { Connection } from '../../net/connection.ts';
import { type Phase, ProbeFailure } from '../../net/failure.ts';
import { startStopwatch } from '../../net/stopwatch.ts';
import type { HttpExchange, HttpResponse, ResponseSink } from './exchange.ts';

/** What a response's data comes through. */
interface Flow {
  pause(): unknown;
  resume(): unknown;
}

/** Hands one response, of whatever HTTP version, to its sink as it comes, and makes the exchange's result of it. */
export class Incoming {
  /** Rejects with ProbeFailure in phase `response` when no whole headers come. */
  readonly result: Promise<HttpExchange>;
  readonly #connection: Connection;
  readonly #sink: ResponseSink;
  readonly #signal: ProbeSignal;
  #stop = (): void => {};
  #settle!: (exchange: HttpExchange) => void;
  #reject!: (failure: ProbeFailure) => void;
  /** Measures since the sending of the request, then since the first byte of an answer. */
  #stopwatch: () => number;
  #answered = false;
  #response: HttpResponse | undefined;
  #ended = false;

  constructor(connection: Connection, sink: ResponseSink, signal: ProbeSignal) {
    this.#connection = connection;
    this.#stopwatch = startStopwatch(connection);
    this.#sink = sink;
    this.#signal = signal;
    this.result = new Promise((settle, reject) => {
      this.#settle = settle;
      this.#reject = reject;
    });
    this.#stop = onAbort(signal, () => this.end());
  }

  /** Whether the result stands: nothing that still comes is of use. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The response, once its headers have come. */
  get response(): HttpResponse | undefined {
    return this.#response;
  }

  /** Where the exchange would fail now. */
  get phase(): Phase {
    return this.#response === undefined ? 'response' : 'transfer';
  }

  /** Notes that the request is sent now: until then it was the exporter's time. */
  send(): void {
    this.#stopwatch = startStopwatch(this.#connection);
  }

  /** Notes the first byte of an answer; later calls change nothing. */
  answer(): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#connection.heard();
    this.#sink.answered(this.#stopwatch());
    this.#stopwatch = startStopwatch(this.#connection);
  }

  start(response: HttpResponse): void {
    if (this.#ended) return;
    this.answer();
    this.#response = response;
    this.#sink.start(response);
    this.#endIfUnwanted();
  }

  data(chunk: Buffer, flow: Flow): void {
    if (this.#ended) return;
    const busy = this.#sink.write(chunk);
    if (busy === undefined) {
      this.#endIfUnwanted();
      return;
    }
    flow.pause();
    void busy.then(() => {
      this.#endIfUnwanted();
      if (!this.#ended) flow.resume();
    });
  }

  /** Ends the exchange: as it should, or for an error. Later calls change nothing. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop();
    const failure = this.#failure(error);
    if (this.#response === undefined) {
      this.#reject(failure ?? new ProbeFailure('response', 'bad_response', 'The exchange ended without a response'));
      return;
    }
    this.#settle({ response: this.#response, transfer: this.#stopwatch(), failure });
  }

  #failure(error: unknown): ProbeFailure | undefined {
    if (this.#signal.aborted) return abortFailure(this.#signal, this.phase);
    return error === undefined ? undefined : asFailure(error, this.phase, 'The HTTP exchange failed');
  }

  #endIfUnwanted(): void {
    if (!this.#sink.wantsMore) this.end();
  }
}
