import { Admission } from '../probe/admission.ts';
import { runProbe, type ProbeRequest, type ProbeResult } from '../probe/run.ts';
import { hostOf } from '../net/target.ts';
import type { Target } from './targets.ts';
import type { ProbeSignal } from '../net/abort.ts';

export interface SweepOptions {
  readonly probe: Pick<ProbeRequest, 'module' | 'hostname' | 'parameters' | 'timeout'>;
  readonly limits: SweepLimits;
  /** Stops the sweep: nothing more is begun, and what runs is cancelled. */
  readonly signal: ProbeSignal;
  /** Takes the result of a target, which is in hand until this resolves; those that were cancelled have none. */
  readonly onResult: (target: Target, result: ProbeResult) => Promise<void>;
}

export interface SweepLimits {
  /** The most probes at once. */
  readonly concurrency: number;
  /** The most of them towards one host. */
  readonly maxPerHost?: number | undefined;
}

/** How many targets, for each probe that may run, wait at most because their hosts have their share. */
const waitingPerProbe = 16;

/** Probes the targets of a list, many at once, and has never more of them in hand than its limits say. */
export class Sweep {
  readonly #options: SweepOptions;
  readonly #admission: Admission;
  readonly #mostWaiting: number;
  readonly #waiting = new Map<string, Target[]>();
  #waitingCount = 0;
  #mostRunning = 0;
  #failure: { readonly error: unknown } | undefined;
  #notify = (): void => {};

  constructor(options: SweepOptions) {
    this.#options = options;
    const { concurrency, maxPerHost } = options.limits;
    this.#admission = new Admission({ maxInFlight: concurrency, maxPerHost });
    this.#mostWaiting = concurrency * waitingPerProbe;
  }

  get running(): number {
    return this.#admission.running;
  }

  /** The most probes that ran at once. */
  get mostRunning(): number {
    return this.#mostRunning;
  }

  /**
   * Resolves when all is done, or when it was stopped and nothing runs any more. Throws what reading the targets or
   * taking a result has thrown, after what was running has ended.
   */
  async run(targets: AsyncIterable<Target>): Promise<void> {
    try {
      for await (const target of targets) {
        while (this.#isFull() && !this.#isStopped()) await this.#change();
        if (this.#isStopped()) break;
        this.#begin(target);
      }
    } finally {
      while (this.running > 0) await this.#change();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #isFull(): boolean {
    return this.running >= this.#admission.maxInFlight || this.#waitingCount >= this.#mostWaiting;
  }

  #isStopped(): boolean {
    return this.#options.signal.aborted || this.#failure !== undefined;
  }

  /** Resolves when a probe has ended. */
  #change(): Promise<void> {
    return new Promise((resolve) => (this.#notify = resolve));
  }

  #begin(target: Target): void {
    if (this.#admission.begin(target.target, this.#options.probe.timeout) === undefined) {
      this.#mostRunning = Math.max(this.#mostRunning, this.running);
      void this.#probe(target);
      return;
    }
    const host = hostOf(target.target);
    const others = this.#waiting.get(host);
    if (others === undefined) this.#waiting.set(host, [target]);
    else others.push(target);
    this.#waitingCount += 1;
  }

  async #probe(target: Target): Promise<void> {
    const { probe, signal, onResult } = this.#options;
    try {
      const result = await runProbe({ ...probe, target: target.target, signal });
      if (result.failure?.reason !== 'cancelled') await onResult(target, result);
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#admission.end(target.target);
    this.#beginWaiting(target);
    this.#notify();
  }

  /** The place of a probe that has ended goes to a target that waited for the same host. */
  #beginWaiting({ target }: Target): void {
    if (this.#waitingCount === 0 || this.#isStopped()) return;
    const host = hostOf(target);
    const waiting = this.#waiting.get(host);
    const next = waiting?.shift();
    if (next === undefined) return;
    if (waiting?.length === 0) this.#waiting.delete(host);
    this.#waitingCount -= 1;
    this.#begin(next);
  }
}
