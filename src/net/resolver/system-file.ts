import { readFileSync, statSync } from 'node:fs';

/** How old what is known of a file may be, in milliseconds. */
const freshness = 1000;

/** What a file of the system says. It is read anew when it has changed, which is looked at once a second at most. */
export class SystemFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  readonly #now: () => number;
  #looked = -Infinity;
  #identity: string | undefined;
  #value: T;

  /** A file that is missing, or may not be read, counts as an empty one. */
  constructor(path: string, parse: (text: string) => T, now = (): number => performance.now()) {
    this.#path = path;
    this.#parse = parse;
    this.#now = now;
    this.#value = parse('');
  }

  get value(): T {
    const now = this.#now();
    if (now - this.#looked >= freshness) {
      this.#looked = now;
      this.#refresh();
    }
    return this.#value;
  }

  #refresh(): void {
    const identity = identityOf(this.#path);
    if (identity === this.#identity) return;
    this.#identity = identity;
    this.#value = this.#parse(textOf(this.#path));
  }
}

function identityOf(path: string): string {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
  } catch {
    return 'none';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
