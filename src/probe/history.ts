import type { ProbeResult } from './run.ts';

/** A probe that has ended, as the history keeps it. */
export interface HistoryEntry {
  /** Rises in the order in which probes end. */
  readonly id: number;
  /** When it ended, in milliseconds since the epoch. */
  readonly time: number;
  readonly result: ProbeResult;
}

export interface HistoryOptions {
  /** How many recent probes are kept, and how many failures beyond them. */
  readonly limit: number;
  /** The most that both together may occupy, in bytes, as estimated. */
  readonly maxBytes?: number;
  /** Gives the ids, each larger than the one before; else they count up from 0. */
  readonly nextId?: (() => number) | undefined;
}

const defaultMaxBytes = 32 * 1024 * 1024;

/**
 * The recent probes. A failure that leaves the recent ones is kept in a list of its own, so that
 * many successes do not push it out.
 */
export class ProbeHistory {
  readonly #recent: BoundedList;
  readonly #failures: BoundedList;
  readonly #nextId: () => number;

  constructor({ limit, maxBytes = defaultMaxBytes, nextId = countUp() }: HistoryOptions) {
    this.#nextId = nextId;
    this.#recent = new BoundedList(limit, maxBytes / 2);
    this.#failures = new BoundedList(limit, maxBytes / 2);
  }

  add(result: ProbeResult): HistoryEntry {
    const entry = { id: this.#nextId(), time: Date.now(), result };
    this.#recent.add(entry);
    for (let old = this.#recent.takeSurplus(); old; old = this.#recent.takeSurplus()) {
      if (!old.result.success) this.#failures.add(old);
    }
    while (this.#failures.takeSurplus() !== undefined);
    return entry;
  }

  /** All kept probes, newest first. */
  list(): HistoryEntry[] {
    return [...this.#failures.entries.values(), ...this.#recent.entries.values()].reverse();
  }

  get(id: number): HistoryEntry | undefined {
    return this.#recent.entries.get(id) ?? this.#failures.entries.get(id);
  }

  /** The newest probe of a target, of the given module only when one is given. */
  find(target: string, module?: string): HistoryEntry | undefined {
    return this.list().find(
      ({ result }) =>
        (result.target === target || maskUserinfo(result.target) === target) &&
        (module === undefined || result.module.name === module),
    );
  }
}

function countUp(): () => number {
  let next = 0;
  return () => next++;
}

/** Entries in the order of their ids, bounded in number and in bytes. */
class BoundedList {
  readonly entries = new Map<number, HistoryEntry>();
  readonly #sizes = new Map<number, number>();
  readonly #limit: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(limit: number, maxBytes: number) {
    this.#limit = limit;
    this.#maxBytes = maxBytes;
  }

  add(entry: HistoryEntry): void {
    const bytes = estimatedBytes(entry.result);
    this.entries.set(entry.id, entry);
    this.#sizes.set(entry.id, bytes);
    this.#bytes += bytes;
  }

  /** Removes the oldest entry when there are too many. */
  takeSurplus(): HistoryEntry | undefined {
    if (this.entries.size <= this.#limit && this.#bytes <= this.#maxBytes) return undefined;
    for (const [id, entry] of this.entries) {
      this.#bytes -= this.#sizes.get(id) ?? 0;
      this.#sizes.delete(id);
      this.entries.delete(id);
      return entry;
    }
    return undefined;
  }
}

const bytesPerResult = 500;
const bytesPerSample = 150;

function estimatedBytes({ target, log, metrics }: ProbeResult): number {
  return bytesPerResult + target.length + log.size + metrics.size * bytesPerSample;
}

const userinfo = /^((?:[a-z][a-z0-9+.-]*:)?\/\/)?[^/?#]*@/i;

/** A target with what stands before the `@` of its authority hidden. */
export function maskUserinfo(target: string): string {
  return target.includes('@') ? target.replace(userinfo, '$1<secret>@') : target;
}
