/** The probes that are running, and when the last of them must have ended. */
export class Activity {
  #running = 0;
  #latestDeadline = 0;

  get running(): number {
    return this.#running;
  }

  /** A probe begins that may take so many seconds. */
  begin(timeout: number): void {
    this.#running += 1;
    this.#latestDeadline = Math.max(this.#latestDeadline, performance.now() + timeout * 1000);
  }

  end(): void {
    this.#running -= 1;
  }

  /** Milliseconds until every probe that runs now must have ended. */
  get remaining(): number {
    return this.#running === 0 ? 0 : Math.max(0, this.#latestDeadline - performance.now());
  }
}
