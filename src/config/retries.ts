import { type Reason, reasons } from '../net/failure.ts';
import { quote } from './decode.ts';
import { nearMiss } from './near-miss.ts';
import type { ConfigReader } from './reader.ts';

/** A module's `retries` section. */
export interface Retries {
  /** How many there may be, the first included. */
  readonly attempts: number;
  /** Milliseconds from the end of one to the beginning of the next. */
  readonly delay: number;
  /** Milliseconds that one may take; undefined for all that is left. */
  readonly attemptTimeout: number | undefined;
  /** The reasons of a failure after which there is another. */
  readonly on: ReadonlySet<Reason>;
}

const mostAttempts = 10;

/** What another attempt cannot change, or nobody waits for. */
const lasting: readonly Reason[] = ['bad_target', 'unusable_file', 'denied_by_policy', 'too_many_probes', 'cancelled'];
const passing: readonly Reason[] = reasons.filter((reason) => !lasting.includes(reason));

/** Reads a module's `retries` section. */
export function readRetries(section: ConfigReader): Retries {
  const attempts = section.integer('attempts', { min: 2, max: mostAttempts });
  if (attempts === undefined)
    section.fail(undefined, `attempts must be given: how many there may be, from 2 to ${mostAttempts}`);
  const attemptTimeout = section.duration('attempt_timeout');
  if (attemptTimeout === 0) section.fail('attempt_timeout', 'must be more than 0: leave it out for all that is left');
  return {
    attempts: attempts ?? 2,
    delay: section.duration('delay') ?? 0,
    attemptTimeout,
    on: new Set(section.has('on') ? readReasons(section) : passing),
  };
}

function readReasons(section: ConfigReader): Reason[] {
  const texts = section.strings('on');
  if (texts.length === 0)
    section.fail('on', 'has no reason, so that nothing would be tried again: leave it out for all');
  return texts.flatMap((text) => {
    const reason = passing.find((each) => each === text);
    if (reason !== undefined) return [reason];
    const meant = nearMiss(text, passing);
    const hint = meant === undefined ? 'docs/metrics.md has the reasons' : `did you mean ${meant}?`;
    section.fail('on', `${quote(text)} is no reason to try again: ${hint}`);
    return [];
  });
}
