/** One turn of the event loop: it serves the input that is ready, then what was left for its end. */
export interface Turn {
  readonly number: number;
  /** When its first input was served, as far as known, in milliseconds on the clock of `performance.now()`. */
  readonly began: number;
}

/** The turns of this process's event loop. */
export class EventLoop {
  #work: (() => void)[] = [];
  readonly #observers: ((ended: number) => boolean)[] = [];
  #end: NodeJS.Immediate | undefined;
  #number = 0;
  #began: number | undefined;

  /** Does `work` once the input that is ready now has been served; of several, what was asked for first comes first. */
  atEndOfTurn(work: () => void): void {
    this.#work.push(work);
    this.#awaitEnd().ref();
  }

  /** Calls `observer` with the number of a turn that has ended, behind all work, until it gives false. */
  observe(observer: (ended: number) => boolean): void {
    if (!this.#observers.includes(observer)) this.#observers.push(observer);
    this.#awaitEnd();
  }

  /** The turn that it is in, of which somebody was served input at `now`. */
  serving(now: number): Turn {
    this.#began ??= now;
    this.#awaitEnd();
    return { number: this.#number, began: this.#began };
  }

  #awaitEnd(): NodeJS.Immediate {
    // Without a reference it comes whenever a turn ends, and does not keep the loop from sleeping until there is input.
    return (this.#end ??= setImmediate(this.#endTurn).unref());
  }

  readonly #endTurn = (): void => {
    this.#end = undefined;
    const work = this.#work;
    this.#work = [];
    for (const each of work) each();
    const ended = this.#number;
    this.#number += 1;
    this.#began = undefined;
    for (let index = this.#observers.length - 1; index >= 0; index--) {
      if (this.#observers[index]?.(ended) === false) this.#observers.splice(index, 1);
    }
    if (this.#observers.length > 0) this.#awaitEnd();
  };
}

/** A process has one. */
export const eventLoop = new EventLoop();
