import type { Retries } from '../config/retries.ts';
import * as families from '../metrics/families/probe.ts';
import { onAbort, type ProbeSignal } from '../net/abort.ts';
import type { ProbeFailure } from '../net/failure.ts';
import type { ProbeRequest, ProbeResult } from './run.ts';

/**
 * Runs a probe up to `retries.attempts` times within its one deadline. The result, and its series, are those of the last
 * attempt, with the duration of all of them and what became of the first.
 */
export async function runAttempts(
  request: ProbeRequest,
  retries: Retries,
  attempt: (request: ProbeRequest) => Promise<ProbeResult>,
): Promise<ProbeResult> {
  const { timeout, signal } = request;
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  let first: ProbeResult | undefined;
  let wait = 0;
  for (let attempts = 1; ; attempts++) {
    const left = timeout - elapsed();
    const result = await attempt({ ...request, timeout: Math.min(left, (retries.attemptTimeout ?? Infinity) / 1000) });
    first ??= result;
    wait += result.wait;
    const again = attempts < retries.attempts && isWorthwhile(result.failure, retries);
    if (again) tellFailure(result, attempts);
    if (!again || !(await pause(retries.delay, timeout - elapsed(), signal))) {
      const duration = elapsed() - wait;
      record(result, { first, attempts, duration, timeout });
      return { ...result, duration, wait, attempts };
    }
  }
}

function isWorthwhile(failure: ProbeFailure | undefined, { on }: Retries): boolean {
  return failure !== undefined && on.has(failure.reason);
}

function tellFailure({ log, failure, duration }: ProbeResult, attempt: number): void {
  log.info('Attempt failed', {
    attempt,
    phase: failure?.phase,
    reason: failure?.reason,
    err: failure?.message,
    duration_seconds: duration,
  });
}

/** With less time than this, in milliseconds, an attempt would only replace a failure that tells more than its own. */
const leastTime = 10;

/** Waits `delay` milliseconds; false, and at once, when the seconds left do not suffice, or the probe is called off. */
function pause(delay: number, left: number, signal: ProbeSignal | undefined): Promise<boolean> {
  if (delay + leastTime > left * 1000 || signal?.aborted === true) return Promise.resolve(false);
  return new Promise((settle) => {
    const end = (waited: boolean): void => {
      clearTimeout(timer);
      stop?.();
      settle(waited);
    };
    const timer = setTimeout(end, delay, true);
    const stop = signal && onAbort(signal, () => end(false));
  });
}

interface Course {
  readonly first: ProbeResult;
  readonly attempts: number;
  readonly duration: number;
  readonly timeout: number;
}

function record({ metrics }: ProbeResult, { first, attempts, duration, timeout }: Course): void {
  metrics.set(families.probeDuration, duration);
  metrics.set(families.probeTimeout, timeout);
  metrics.set(families.probeAttempts, attempts);
  metrics.set(families.firstAttemptSuccess, first.success ? 1 : 0);
  metrics.set(families.firstAttemptDuration, first.duration);
  if (first.failure === undefined) return;
  const { phase, reason } = first.failure;
  metrics.set(families.firstAttemptFailureInfo, 1, { phase, reason });
}
