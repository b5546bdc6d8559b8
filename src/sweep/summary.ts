import { Histogram } from './histogram.ts';
import type { Row } from './row.ts';
import { countText, durationText } from './texts.ts';

/** How many certificates are named. */
const mostNamed = 20;

export interface Expiring {
  readonly target: string;
  /** Milliseconds since the epoch. */
  readonly expiry: number;
}

/** What is told of sockets that are there no more: the second were never connected. */
const gone = new Set(['closed', 'syn_sent']);

/** What a sweep found, in constant memory. */
export class Summary {
  readonly #horizon: number;
  readonly #durations = new Histogram();
  readonly #failures = new Map<string, number>();
  readonly #leftBehind = new Map<string, number>();
  #expiring: Expiring[] = [];
  #expiringCount = 0;
  #count = 0;
  #failed = 0;

  /** Certificates that expire before `horizon`, in milliseconds since the epoch, are named. */
  constructor(horizon: number) {
    this.#horizon = horizon;
  }

  get count(): number {
    return this.#count;
  }

  get failed(): number {
    return this.#failed;
  }

  add(row: Row): void {
    this.#count += 1;
    this.#durations.add(row.duration_seconds);
    if (!row.success) {
      this.#failed += 1;
      increment(this.#failures, `${row.phase ?? ''} ${row.reason ?? ''}`);
    }
    const state = row.socket_after_close;
    if (state !== undefined && !gone.has(state)) increment(this.#leftBehind, state);
    if (row.certificate_expiry !== undefined) this.#addExpiry(row.target, Date.parse(row.certificate_expiry));
  }

  /** The summary as lines of text. */
  render(): string {
    const lines = [
      `${countText(this.#count, 'target')}: ${this.#count - this.#failed} succeeded, ${this.#failed} failed`,
    ];
    const width = Math.max(0, ...[...this.#failures.keys()].map((key) => key.length));
    for (const [key, count] of sorted(this.#failures)) lines.push(`  ${key.padEnd(width)}  ${count}`);
    if (this.#count > 0) lines.push(`Durations: ${this.#durationTexts().join(', ')}`);
    const left = sorted(this.#leftBehind).map(([state, count]) => `${count} in ${state}`);
    if (left.length > 0) lines.push(`Sockets left behind: ${left.join(', ')}`);
    return [...lines, ...this.#expiryLines()].map((line) => `${line}\n`).join('');
  }

  #durationTexts(): string[] {
    const quantiles = [50, 90, 99].map((share) => `p${share} ${durationText(this.#durations.quantile(share / 100))}`);
    return [...quantiles, `max ${durationText(this.#durations.max)}`];
  }

  #expiryLines(): string[] {
    if (this.#expiringCount === 0) return [];
    const head = `Certificates that expire before ${dateText(this.#horizon)}: ${this.#expiringCount}`;
    const more = this.#expiringCount > mostNamed ? `, the first ${mostNamed} of them:` : ':';
    return [head + more, ...this.#expiring.map(({ target, expiry }) => `  ${dateText(expiry)}  ${target}`)];
  }

  #addExpiry(target: string, expiry: number): void {
    if (!(expiry < this.#horizon)) return;
    this.#expiringCount += 1;
    const place = this.#expiring.findIndex((other) => expiry < other.expiry);
    this.#expiring.splice(place < 0 ? this.#expiring.length : place, 0, { target, expiry });
    this.#expiring = this.#expiring.slice(0, mostNamed);
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** The most frequent first. */
function sorted(counts: Map<string, number>): [string, number][] {
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function dateText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
