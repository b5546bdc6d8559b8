import { durationText } from './texts.ts';

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

const widestBar = 32;
const narrowestBar = 8;

/** One line of at most `width` characters: the bar takes what the figures leave. */
export function progressLine(facts: ProgressFacts, width: number): string {
  const { share, left } = facts;
  const parts = [
    `${facts.done} done`,
    `${Math.round(facts.rate)}/s`,
    `${facts.running} in flight`,
    `${facts.failed} failed`,
    ...(left === undefined ? [] : [`${durationText(left)} left`]),
  ];
  const figures = parts.join(', ');
  if (share === undefined) return figures.slice(0, width);
  const text = `${String(Math.floor(share * 100)).padStart(3)}% ${figures}`;
  const room = Math.min(widestBar, width - text.length - '[] '.length);
  return room < narrowestBar ? text.slice(0, width) : `[${bar(share, room)}] ${text}`;
}

function bar(share: number, width: number): string {
  const filled = Math.round(share * width);
  return '#'.repeat(filled) + '-'.repeat(width - filled);
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
      terminal.write(`\r${progressLine(facts(), (terminal.columns || 80) - 1)}\x1b[K`);
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
  readonly #start: { readonly done: number; readonly time: number };
  #first: { readonly bytes: number; readonly time: number } | undefined;

  /** `size` is that of the list in bytes, `done` what an earlier sweep did, `time` now in milliseconds. */
  constructor(size: number | undefined, done: number, time = performance.now()) {
    this.#size = size || undefined;
    this.#start = { done, time };
  }

  /** How far it is: `done` targets, and `bytes` of the list. What the first call finds read is no part of the pace. */
  facts(done: number, bytes: number, time = performance.now()): Pick<ProgressFacts, 'rate' | 'share' | 'left'> {
    const rate = (done - this.#start.done) / ((time - this.#start.time) / 1000 || 1);
    if (this.#size === undefined) return { rate, share: undefined, left: undefined };
    const first = (this.#first ??= { bytes, time });
    const read = bytes - first.bytes;
    const left = read > 0 ? ((this.#size - bytes) / read) * ((time - first.time) / 1000) : undefined;
    return { rate, share: Math.min(1, bytes / this.#size), left };
  }
}
