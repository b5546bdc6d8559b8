import type { Answer } from './ask-servers.ts';

/** How often a cache had, and had not, what was asked for, in this process. */
export const cacheCounts = { hits: 0, misses: 0 };

/** How many answers a cache keeps. */
export const mostEntries = 10_000;

/** Keeps answers with addresses as long as they hold; the oldest goes when there are too many. */
export class AnswerCache {
  readonly #entries = new Map<string, { readonly answer: Answer; readonly expires: number }>();
  readonly #now: () => number;

  /** `now` gives milliseconds of a clock that never goes back. */
  constructor(now = (): number => performance.now()) {
    this.#now = now;
  }

  get(key: string): Answer | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.expires > this.#now()) {
      cacheCounts.hits += 1;
      return entry.answer;
    }
    this.#entries.delete(key);
    cacheCounts.misses += 1;
    return undefined;
  }

  add(key: string, answer: Answer): void {
    if (answer.addresses.length === 0 || answer.ttl === 0) return;
    const [oldest] = this.#entries.size < mostEntries ? [] : this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, { answer, expires: this.#now() + answer.ttl * 1000 });
  }
}
