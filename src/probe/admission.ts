import { hostOf } from '../net/target.ts';

export interface AdmissionLimits {
  /** The most probes that run at once; without it any number may. */
  readonly maxInFlight?: number | undefined;
  /** The most of them towards one host; without it any number may. */
  readonly maxPerHost?: number | undefined;
}

/** Why a probe may not run now. */
export type Rejection = 'too_many_probes' | 'too_many_probes_of_host';

/** Knows the probes that are running, whether one more may, and when the last of them must have ended. Nobody waits here. */
export class Admission {
  readonly maxInFlight: number;
  readonly maxPerHost: number;
  readonly #byHost = new Map<string, number>();
  #running = 0;
  #latestDeadline = 0;

  constructor({ maxInFlight = Infinity, maxPerHost = Infinity }: AdmissionLimits = {}) {
    this.maxInFlight = maxInFlight;
    this.maxPerHost = maxPerHost;
  }

  get running(): number {
    return this.#running;
  }

  /** Begins a probe that may take so many seconds, and which `end` must end; unless it may not run now: gives why. */
  begin(target: string, timeout: number): Rejection | undefined {
    if (this.#running >= this.maxInFlight) return 'too_many_probes';
    if (this.maxPerHost !== Infinity) {
      const host = hostOf(target);
      const ofHost = this.#byHost.get(host) ?? 0;
      if (ofHost >= this.maxPerHost) return 'too_many_probes_of_host';
      this.#byHost.set(host, ofHost + 1);
    }
    this.#running += 1;
    this.#latestDeadline = Math.max(this.#latestDeadline, performance.now() + timeout * 1000);
    return undefined;
  }

  /** Ends a probe that was begun. */
  end(target: string): void {
    this.#running -= 1;
    if (this.maxPerHost === Infinity) return;
    const host = hostOf(target);
    const left = (this.#byHost.get(host) ?? 1) - 1;
    if (left === 0) this.#byHost.delete(host);
    else this.#byHost.set(host, left);
  }

  /** Milliseconds until every probe that runs now must have ended. */
  get remaining(): number {
    return this.#running === 0 ? 0 : Math.max(0, this.#latestDeadline - performance.now());
  }
}
