import { abortFailure, onAbort, type ProbeSignal } from '../net/abort.ts';
import { type EventLoop, eventLoop } from '../net/event-loop.ts';

/**
 * Lets few probes start in a turn of the event loop, the first come first. So the answers that have come are served
 * before more probes add their own work, and a turn stays short: what runs is never more than the loop serves at once,
 * and the rest waits here, where it cannot spoil a measurement. How many wait is for admission to limit.
 */
export class Gate {
  readonly #loop: Pick<EventLoop, 'atEndOfTurn'>;
  readonly #startsPerTurn: number;
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();
  /** How many have started in this turn, or at the end of the one before. */
  #started = 0;

  constructor(loop: Pick<EventLoop, 'atEndOfTurn'>, startsPerTurn: number) {
    this.#loop = loop;
    this.#startsPerTurn = startsPerTurn;
  }

  /** How many probes wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Lets a probe in: at once, which gives undefined, or when the promise resolves. Throws ProbeFailure in phase
   * `admission` when `signal` aborts before.
   */
  enter(signal: ProbeSignal): Promise<void> | undefined {
    if (this.#started < this.#startsPerTurn && !signal.aborted) {
      this.#count();
      return undefined;
    }
    return new Promise((settle, reject) => {
      const start = (): void => {
        stop();
        settle();
      };
      this.#waiting.add(start);
      const stop = onAbort(signal, () => {
        this.#waiting.delete(start);
        reject(abortFailure(signal, 'admission'));
      });
    });
  }

  #count(): void {
    if (this.#started === 0) this.#loop.atEndOfTurn(this.#startNext);
    this.#started += 1;
  }

  readonly #startNext = (): void => {
    this.#started = 0;
    for (const start of this.#waiting) {
      this.#waiting.delete(start);
      this.#count();
      start();
      if (this.#started === this.#startsPerTurn) return;
    }
  };
}

/** A turn for each probe would cost time of its own, a turn of many would be long. */
const startsPerTurn = 8;

/** The gate of this process, whose event loop all probes share. */
export const gate = new Gate(eventLoop, startsPerTurn);
