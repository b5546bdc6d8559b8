import type { Ping, PingReply, PingRefusal } from '../../kernel/ping-exchange.ts';
import type { ProbeLog } from '../../log/probe-log.ts';
import { onAbort, type ProbeSignal } from '../../net/abort.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { SeriesOptions } from './options.ts';

/** How the requests of a series are sent, and what it means when one cannot be delivered. */
export interface Sender {
  /** Sends one echo request. Throws ProbeFailure when the kernel does not take it. */
  send(): Ping;
  failureOf(refusal: PingRefusal): ProbeFailure;
}

/**
 * Sends echo requests at a steady pace and waits for their answers: until the signal aborts, but for the last ones no
 * longer than an interval, or two round trips if that is longer, as soon as any was answered.
 */
export class Series {
  readonly #sender: Sender;
  readonly #options: SeriesOptions;
  readonly #log: ProbeLog;
  readonly #waiting = new Set<Ping>();
  #patience: NodeJS.Timeout | undefined;
  #complete = false;
  readonly #replies: PingReply[] = [];
  #sent = 0;
  #failure: ProbeFailure | undefined;

  constructor(sender: Sender, options: SeriesOptions, log: ProbeLog) {
    this.#sender = sender;
    this.#options = options;
    this.#log = log;
  }

  get replies(): readonly PingReply[] {
    return this.#replies;
  }

  /** How many requests were sent, counting those that the kernel did not take. */
  get sent(): number {
    return this.#sent;
  }

  /** Why the first request that failed did so, when there is more to say of it than that no reply came. */
  get failure(): ProbeFailure | undefined {
    return this.#failure;
  }

  /** Resolves when nothing is under way any more. */
  async run(signal: ProbeSignal): Promise<void> {
    const { count, interval } = this.#options;
    const stop = onAbort(signal, () => this.#abandon());
    const started = performance.now();
    const answers: Promise<void>[] = [];
    try {
      while (this.#sent < count && !signal.aborted) {
        const answer = this.#ping();
        if (answer !== undefined) answers.push(answer);
        if (this.#sent < count) await pause(started + this.#sent * interval - performance.now(), signal);
      }
      this.#complete = true;
      this.#limitPatience();
      await Promise.all(answers);
    } finally {
      stop();
      clearTimeout(this.#patience);
      this.#abandon();
    }
  }

  /** Sends one request; gives the end of waiting for its answer. */
  #ping(): Promise<void> | undefined {
    this.#sent += 1;
    try {
      const ping = this.#sender.send();
      this.#waiting.add(ping);
      return this.#await(ping);
    } catch (error) {
      if (!(error instanceof ProbeFailure)) throw error;
      this.#fail(error);
      return undefined;
    }
  }

  async #await(ping: Ping): Promise<void> {
    const answer = await ping.answer;
    this.#waiting.delete(ping);
    if (answer === undefined) return;
    if (answer.kind === 'reply') {
      this.#log.debug('Received a reply', { sequence: ping.sequence, rtt_seconds: answer.rtt });
      this.#replies.push(answer);
    } else {
      this.#fail(this.#sender.failureOf(answer));
    }
    this.#limitPatience();
  }

  #fail(failure: ProbeFailure): void {
    if (this.#options.count > 1) this.#log.info('An echo request failed', { err: failure.message });
    this.#failure ??= failure;
  }

  #limitPatience(): void {
    if (!this.#complete || this.#replies.length === 0 || this.#waiting.size === 0) return;
    const longest = Math.max(...this.#replies.map(({ rtt }) => rtt * 1000));
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#abandon(), Math.max(this.#options.interval, 2 * longest));
  }

  #abandon(): void {
    for (const ping of this.#waiting) ping.abandon();
  }
}

/** Resolves after so many milliseconds, or when the signal aborts. */
function pause(milliseconds: number, signal: ProbeSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      stop();
      resolve();
    }, milliseconds);
    const stop = onAbort(signal, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
