import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Lifetime } from './servers.ts';

export interface Child {
  readonly pid: number;
  /** What it has written to standard error and standard output so far. */
  output(): string;
  /** Resolves with the first match in its output; rejects when it ends, or after `seconds`, without one. */
  waitFor(pattern: RegExp, seconds?: number): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Ends it by SIGTERM, then SIGKILL if it lives on; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

const patience = 20;

/** The children that would outlive this process. */
const living = new Set<ChildProcess>();

let endsWithUs = false;
function endWithUs(child: ChildProcess): void {
  living.add(child);
  if (endsWithUs) return;
  endsWithUs = true;
  process.once('exit', () => {
    for (const child of living) child.kill('SIGKILL');
  });
  // Without it a signal would end this process and leave its children behind.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => process.exit(1));
}

/** Starts a program that is stopped at the end of the test, at the latest. */
export function startChild(
  lifetime: Lifetime,
  command: string,
  flags: readonly string[],
  options: ChildOptions = {},
): Child {
  const child = spawn(command, flags, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const started = new StartedChild(child, command);
  lifetime.after(() => started.stop());
  return started;
}

class StartedChild implements Child {
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  readonly #command: string;
  readonly #watchers = new Set<() => void>();
  #output = '';
  #error: Error | undefined;

  constructor(child: ChildProcess, command: string) {
    this.#child = child;
    this.#command = command;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#notify();
      });
    }
    endWithUs(child);
    this.ended = new Promise((resolve) => {
      const finish = (result: number | NodeJS.Signals): void => {
        living.delete(child);
        resolve(result);
        this.#notify();
      };
      child.once('error', (error) => {
        this.#error = error;
        finish(-1);
      });
      child.once('close', (code, signal) => finish(code ?? signal ?? -1));
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#command} has not started: ${String(this.#error)}`);
    return this.#child.pid;
  }

  output(): string {
    return this.#output;
  }

  waitFor(pattern: RegExp, seconds = patience): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        act();
      };
      const watch = (): void => {
        const match = pattern.exec(this.#output);
        if (match !== null) finish(() => resolve(match));
        else if (this.#isGone()) finish(() => reject(this.#complaint(`ended without saying ${String(pattern)}`)));
      };
      const timer = setTimeout(
        () => finish(() => reject(this.#complaint(`did not say ${String(pattern)} in ${seconds} s`))),
        seconds * 1000,
      );
      this.#watchers.add(watch);
      watch();
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async stop(): Promise<void> {
    if (this.#isGone()) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await this.ended;
    clearTimeout(timer);
  }

  #isGone(): boolean {
    return this.#error !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #complaint(what: string): Error {
    return new Error(`${this.#command} ${what}. Its output:\n${this.#output}${String(this.#error ?? '')}`);
  }
}

/** Runs a program to its end; gives its status and what it wrote. */
export async function runChild(
  command: string,
  flags: readonly string[],
  options: ChildOptions & { readonly input?: string } = {},
): Promise<{ readonly status: number; readonly output: string }> {
  const child = spawn(command, flags, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let output = '';
  const collect = (text: string): void => void (output += text);
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  // A program that does not read its input to the end is judged by its status, not by the broken pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [status] = (await once(child, 'close')) as [number | null];
  return { status: status ?? -1, output };
}
