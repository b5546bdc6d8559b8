import type { Turn } from './event-loop.ts';

/** How long the input of one socket has waited for the event loop to read it. All times are in milliseconds. */
export class InputWait {
  #total = 0;
  /** Until when the waits are counted. */
  #counted = 0;
  /** The turn after whose end there was unread input. */
  #unreadAfter = -1;
  #heardIn = -1;

  get total(): number {
    return this.#total;
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
    this.#total += Math.max(0, until - Math.max(from, this.#counted));
    this.#counted = Math.max(until, this.#counted);
  }
}
