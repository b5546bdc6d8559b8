import { countText, durationText } from './texts.ts';

/** How far a sweep has come. */
export interface ProgressFacts {
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  /** Targets a second. */
  readonly rate: number;
  /** The share of the list that has been read, from 0 to 1; undefined when its size is not known. */
  readonly share: number | undefined;
  /** Seconds; undefined when that cannot be told. */
  readonly left: number | undefined;
}

const barWidth = 24;

/** One line of at most `width` characters. */
export function progressLine(facts: ProgressFacts, width: number): string {
  const { share, left } = facts;
  const parts = [
    countText(facts.done, 'target'),
    `${Math.round(facts.rate)}/s`,
    `${facts.running} in flight`,
    `${facts.failed} failed`,
  ];
  if (left !== undefined) parts.push(`${durationText(left)} left`);
  const text = parts.join(', ');
  return (share === undefined ? text : `${bar(share)} ${text}`).slice(0, width);
}

function bar(share: number): string {
  const filled = Math.round(share * barWidth);
  return `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}] ${String(Math.floor(share * 100)).padStart(3)}%`;
}

/** The milliseconds between two looks. */
const interval = 250;

/** The terminal that a progress line is shown on. */
export interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows the progress line on a terminal until `end`, which takes it away. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #timer: NodeJS.Timeout;

  constructor(terminal: Terminal, facts: () => ProgressFacts) {
    this.#terminal = terminal;
    this.#timer = setInterval(() => {
      terminal.write(`\r${progressLine(facts(), (terminal.columns ?? 80) - 1)}\x1b[K`);
    }, interval);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#terminal.write('\r\x1b[K');
  }
}

/** The pace of a sweep: its rate, and how long the rest takes when the list's size is known. */
export class Pace {
  readonly #size: number | undefined;
  #first: { readonly time: number; readonly done: number; readonly bytes: number } | undefined;

  /** `size` is that of the list in bytes. */
  constructor(size: number | undefined) {
    this.#size = size || undefined;
  }

  /** What was done and read, counted from the start of the list, at a time in milliseconds. The first call is the start. */
  facts(done: number, bytes: number, time = performance.now()): Pick<ProgressFacts, 'rate' | 'share' | 'left'> {
    const first = (this.#first ??= { time, done, bytes });
    const elapsed = (time - first.time) / 1000;
    const rate = elapsed > 0 ? (done - first.done) / elapsed : 0;
    if (this.#size === undefined) return { rate, share: undefined, left: undefined };
    const read = bytes - first.bytes;
    const left = read > 0 ? ((this.#size - bytes) / read) * elapsed : undefined;
    return { rate, share: Math.min(1, bytes / this.#size), left };
  }
}
