import { type Phase, ProbeFailure } from './failure.ts';

/** Why a probe is called off: its deadline has come, or nobody waits for it any more. */
export type AbortCause = 'timeout' | 'cancelled';

/** The failure of a probe that was called off while it was in `phase`. */
export function abortFailure(signal: AbortSignal, phase: Phase): ProbeFailure {
  return signal.reason === 'cancelled'
    ? new ProbeFailure(phase, 'cancelled', 'The client that asked for the probe has gone')
    : new ProbeFailure(phase, 'timeout', 'The deadline of the probe has come');
}

const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `listener` when `signal` aborts, at once if it has aborted already. Returns how to stop listening. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => {};
  }
  const own = (): void => listener();
  const waiting = listeners.get(signal) ?? listenOnce(signal);
  waiting.add(own);
  return () => waiting.delete(own);
}

/** One event listener a signal: adding and removing one for every step would cost more than the steps. */
function listenOnce(signal: AbortSignal): Set<() => void> {
  const waiting = new Set<() => void>();
  listeners.set(signal, waiting);
  const tell = (): void => {
    for (const listener of waiting) listener();
  };
  signal.addEventListener('abort', tell, { once: true });
  return waiting;
}
