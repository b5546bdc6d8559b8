import { type Phase, ProbeFailure } from './failure.ts';

/** Why a probe is called off: its deadline has come, or nobody waits for it any more. */
export type AbortCause = 'timeout' | 'cancelled';

/** Tells whether a probe is called off, and why: a Cancellation, or the AbortSignal of somebody else. */
export type ProbeSignal = Pick<AbortSignal, 'aborted' | 'reason'>;

/** The failure of a probe that was called off while it was in `phase`. */
export function abortFailure(signal: ProbeSignal, phase: Phase): ProbeFailure {
  return signal.reason === 'cancelled'
    ? new ProbeFailure(phase, 'cancelled', 'The client that asked for the probe has gone')
    : new ProbeFailure(phase, 'timeout', 'The deadline of the probe has come');
}

/** What calls a probe off, and its signal at once. An AbortController costs more than many a step of a probe. */
export class Cancellation implements ProbeSignal {
  /** No Set: that of a client's connection, to which listeners come and go, would leave a trail of outgrown tables. */
  readonly #listeners: ((() => void) | undefined)[] = [];
  #reason: AbortCause | undefined;

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  get reason(): AbortCause | undefined {
    return this.#reason;
  }

  /** Tells all listeners; a second call changes nothing. */
  abort(cause: AbortCause): void {
    if (this.#reason !== undefined) return;
    this.#reason = cause;
    for (const listener of this.#listeners) listener?.();
    this.#listeners.length = 0;
  }

  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  ignore(listener: () => void): void {
    const index = this.#listeners.lastIndexOf(listener);
    if (index < 0) return;
    // While all are told, each keeps its place.
    if (this.aborted) this.#listeners[index] = undefined;
    else if (index === this.#listeners.length - 1) this.#listeners.pop();
    else this.#listeners.splice(index, 1);
  }
}

/** Calls `listener` when `signal` aborts, at once if it has aborted already. Returns how to stop listening. */
export function onAbort(signal: ProbeSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => {};
  }
  const own = (): void => listener();
  if (signal instanceof Cancellation) {
    signal.listen(own);
    return () => signal.ignore(own);
  }
  const foreign = signal as AbortSignal;
  foreign.addEventListener('abort', own, { once: true });
  return () => foreign.removeEventListener('abort', own);
}

/** What becomes of `work`; or, as soon as `signal` aborts, the failure in `phase`: `work` then goes on for itself. */
export function untilAbort<T>(signal: ProbeSignal, phase: Phase, work: Promise<T>): Promise<T> {
  return new Promise((settle, reject) => {
    const stop = onAbort(signal, () => reject(abortFailure(signal, phase)));
    work.then(settle, reject).finally(stop);
  });
}
