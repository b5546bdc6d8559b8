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
    return [...this.#failures, ...this.#recent].reverse();
  }

  get(id: number): HistoryEntry | undefined {
    return this.list().find((entry) => entry.id === id);
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

interface Kept {
  readonly entry: HistoryEntry;
  readonly bytes: number;
}

/**
 * Entries in the order in which they came, bounded in number and in bytes. They go round in an array: a Map that so much
 * comes to and goes from leaves a trail of outgrown tables with all that was in them, which V8's quick collections take
 * for alive.
 */
class BoundedList {
  readonly #slots: (Kept | undefined)[] = [];
  readonly #limit: number;
  readonly #maxBytes: number;
  #oldest = 0;
  #count = 0;
  #bytes = 0;

  constructor(limit: number, maxBytes: number) {
    this.#limit = limit;
    this.#maxBytes = maxBytes;
  }

  /** The oldest first. */
  *[Symbol.iterator](): Generator<HistoryEntry> {
    for (let index = 0; index < this.#count; index++) {
      const kept = this.#slots[this.#slot(index)];
      if (kept !== undefined) yield kept.entry;
    }
  }

  /** Adds one; there may be one too many until `takeSurplus` is called. */
  add(entry: HistoryEntry): void {
    const bytes = estimatedBytes(entry.result);
    this.#slots[this.#slot(this.#count)] = { entry, bytes };
    this.#count += 1;
    this.#bytes += bytes;
  }

  /** Removes the oldest entry when there are too many. */
  takeSurplus(): HistoryEntry | undefined {
    if (this.#count <= this.#limit && this.#bytes <= this.#maxBytes) return undefined;
    const kept = this.#slots[this.#oldest];
    this.#slots[this.#oldest] = undefined;
    this.#oldest = this.#slot(1);
    this.#count -= 1;
    this.#bytes -= kept?.bytes ?? 0;
    return kept?.entry;
  }

  #slot(index: number): number {
    return (this.#oldest + index) % (this.#limit + 1);
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
