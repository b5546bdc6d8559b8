import type { Turn } from './event-loop.ts';

/** The most waits of a socket that are kept apart; before them they are one. */
const maxApart = 256;

/** How long the input of one socket has waited for the event loop to read it. All times are in milliseconds. */
export class InputWait {
  /** From when until when it waited, one wait after the other. */
  readonly #waits: { from: number; until: number }[] = [];
  /** Until when the waits are counted. */
  #counted = 0;
  /** The turn after whose end there was unread input. */
  #unreadAfter = -1;
  #heardIn = -1;

  /** Leaves out what waited before `now`: it is part of a connect that was heard of late. */
  begin(now: number): void {
    this.#counted = now;
  }

  /** How long in all since a time. */
  since(start: number): number {
    let sum = 0;
    for (let at = this.#waits.length - 1; at >= 0; at--) {
      const wait = this.#waits[at];
      if (wait === undefined || wait.until <= start) break;
      sum += wait.until - Math.max(wait.from, start);
    }
    return sum;
  }

  /** At `now`, the end of turn `number`, there was input that had come `age` ago. */
  unread(now: number, age: number, number: number): void {
    this.#count(now - age, now);
    this.#unreadAfter = number;
  }

  /**
   * At `now`, in `turn`, its reader was given input. If that was unread when the turn before had ended, it has waited
   * since; else it came while the loop slept, and waited at least since the turn began to serve what had woken it.
   */
  heard(now: number, turn: Turn): void {
    if (this.#heardIn === turn.number) return;
    this.#heardIn = turn.number;
    this.#count(this.#unreadAfter === turn.number - 1 ? this.#counted : turn.began, now);
  }

  /** At `now`, in `turn`, its reader is given input that had come `age` ago. */
  read(now: number, age: number, turn: Turn): void {
    this.#heardIn = turn.number;
    this.#count(now - age, now);
  }

  #count(from: number, until: number): void {
    const start = Math.max(from, this.#counted);
    if (until <= start) return;
    this.#counted = until;
    const [first, second] = this.#waits;
    if (this.#waits.length === maxApart && first !== undefined && second !== undefined) {
      second.from -= first.until - first.from;
      this.#waits.shift();
    }
    this.#waits.push({ from: start, until });
  }
}
