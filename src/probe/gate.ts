import { abortFailure, onAbort, type ProbeSignal } from '../net/abort.ts';
import { type EventLoop, eventLoop } from '../net/event-loop.ts';

interface Ticket {
  /** Undefined when its probe was called off. */
  start: (() => void) | undefined;
}

/**
 * Lets few probes start in a turn of the event loop, the first come first. So the answers that have come are served
 * before more probes add their own work, and a turn stays short: what runs is never more than the loop serves at once,
 * and the rest waits here, where it cannot spoil a measurement. How many wait is for admission to limit.
 */
export class Gate {
  readonly #loop: Pick<EventLoop, 'atEndOfTurn'>;
  readonly #startsPerTurn: number;
  /**
   * In the order in which they came, from `#first` on. No Set: one that so much comes to and goes from leaves a trail of
   * outgrown tables with all that waited, which V8's quick collections take for alive.
   */
  readonly #queue: (Ticket | undefined)[] = [];
  #first = 0;
  #waiting = 0;
  /** How many have started in this turn, or at the end of the one before. */
  #started = 0;

  constructor(loop: Pick<EventLoop, 'atEndOfTurn'>, startsPerTurn: number) {
    this.#loop = loop;
    this.#startsPerTurn = startsPerTurn;
  }

  /** How many probes wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Lets a probe in: at once, which gives undefined, or when the promise resolves. Throws ProbeFailure in phase
   * `admission` when `signal` aborts before.
   */
  enter(signal: ProbeSignal): Promise<void> | undefined {
    if (signal.aborted) return Promise.reject(abortFailure(signal, 'admission'));
    if (this.#started < this.#startsPerTurn) {
      this.#count();
      return undefined;
    }
    return new Promise((settle, reject) => {
      const ticket: Ticket = {
        start: () => {
          stop();
          settle();
        },
      };
      this.#queue.push(ticket);
      this.#waiting += 1;
      const stop = onAbort(signal, () => {
        ticket.start = undefined;
        this.#waiting -= 1;
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
    while (this.#first < this.#queue.length && this.#started < this.#startsPerTurn) {
      const start = this.#queue[this.#first]?.start;
      this.#queue[this.#first++] = undefined;
      if (start === undefined) continue;
      this.#waiting -= 1;
      this.#count();
      start();
    }
    // Half of the array at most is what has been served, and none once nobody waits.
    if (this.#first * 2 >= this.#queue.length) {
      this.#queue.splice(0, this.#first);
      this.#first = 0;
    }
  };
}

/** A turn for each probe would cost time of its own, a turn of many would be long. */
const startsPerTurn = 8;

/** The gate of this process, whose event loop all probes share. */
export const gate = new Gate(eventLoop, startsPerTurn);
