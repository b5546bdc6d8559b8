import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../log/logger.ts';
import type { Answers } from './channel.ts';
import type { PrimaryQuestions, Stopping, WorkerQuestions } from './messages.ts';
import { WorkerProcess } from './worker-process.ts';

export interface PoolOptions {
  /** How many workers there are. */
  readonly size: number;
  /** The program that a worker runs. */
  readonly program: string;
  readonly logger: Logger;
  readonly answers: (worker: WorkerProcess) => Answers<Omit<PrimaryQuestions, 'ready'>>;
  readonly onReady: (worker: WorkerProcess) => void;
  readonly onEnded: (worker: WorkerProcess) => void;
  /** Hears of every worker that takes the place of one that has died. */
  readonly onReplaced: () => void;
  /** Hears of every worker that is killed because it hangs. */
  readonly onHung: () => void;
  /** How often to look whether workers have said something, in milliseconds; they do so every second. */
  readonly lookInterval?: number;
}

/**
 * How many looks a worker may be silent before it is taken for one that hangs: 15 s. The looks are counted and not the
 * time, which also passes while the whole exporter is halted.
 */
const mostSilence = 15;

/** A worker that has lived that long did not die of its start, in milliseconds. */
const steady = 10_000;

/** How long the place of a worker that dies at its start stays empty, at first and at most, in milliseconds. */
const firstPause = 100;
const longestPause = 10_000;

/** How long a worker may take to tell what it is doing, and to end beyond the limit that it told. */
const patience = 1000;

/**
 * The workers. One that dies is replaced: at once, or after a pause that doubles while they die at their start. One that
 * hangs is killed.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers = new Map<number, WorkerProcess>();
  #stopping = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    setInterval(() => this.#look(), options.lookInterval ?? 1000).unref();
  }

  /** Starts all; resolves when all are ready, rejects when one ends before it is. */
  async start(): Promise<void> {
    const numbers = Array.from({ length: this.#options.size }, (_, index) => index + 1);
    await Promise.all(
      numbers.map(
        (number) =>
          new Promise<void>((resolve, reject) => {
            const worker = this.#fork(number, () => {
              resolve();
              void this.#keep(number, worker);
            });
            void worker.ended.then((cause) => reject(new Error(`Worker ${number} ended while it started: ${cause}`)));
          }),
      ),
    );
  }

  /** Those that have a configuration, whether or not they are ready. */
  get started(): WorkerProcess[] {
    return [...this.#workers.values()].filter(({ started }) => started);
  }

  get ready(): WorkerProcess[] {
    return [...this.#workers.values()].filter(({ ready }) => ready);
  }

  /** Asks all that are ready; gives what those answer that do so in time. */
  async ask<Name extends keyof WorkerQuestions>(
    name: Name,
    question: WorkerQuestions[Name][0],
  ): Promise<WorkerQuestions[Name][1][]> {
    const answers = await Promise.allSettled(this.ready.map(({ channel }) => channel.ask(name, question, patience)));
    return answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
  }

  /** Has all end what they are doing. The first promise tells what that is, the second when all are gone. */
  async stop(): Promise<{ readonly doing: readonly Stopping[]; readonly ended: Promise<unknown> }> {
    this.#stopping = true;
    const workers = [...this.#workers.values()];
    const stopped = workers.map(async (worker) => {
      const told = worker.ready
        ? await worker.channel.ask('stop', undefined, patience).catch(() => undefined)
        : undefined;
      return { worker, told };
    });
    const all = await Promise.all(stopped);
    const ended = all.map(({ worker, told }) => endWithin(worker, told === undefined ? 0 : told.limit + patience));
    return { doing: all.flatMap(({ told }) => told ?? []), ended: Promise.all(ended) };
  }

  #look(): void {
    for (const worker of this.ready) {
      worker.silence += 1;
      if (worker.silence !== mostSilence) continue;
      this.#options.logger.error('A worker hangs and is killed', { worker: worker.number, pid: worker.pid });
      this.#options.onHung();
      worker.kill();
    }
  }

  #fork(number: number, onReady: () => void = () => {}): WorkerProcess {
    const { program, answers } = this.#options;
    const worker = new WorkerProcess(number, program, (self) => ({
      ...answers(self),
      ready: () => {
        self.ready = true;
        this.#options.onReady(self);
        onReady();
      },
    }));
    this.#workers.set(number, worker);
    void worker.ended.then(() => {
      this.#workers.delete(number);
      worker.ready = false;
      this.#options.onEnded(worker);
    });
    return worker;
  }

  /** Replaces a worker whenever it has ended, until all stop. */
  async #keep(number: number, first: WorkerProcess): Promise<void> {
    const { logger, onReplaced } = this.#options;
    let pause = 0;
    for (let worker = first; ; worker = this.#fork(number)) {
      const cause = await worker.ended;
      if (this.#stopping) return;
      pause = performance.now() - worker.startedAt >= steady ? 0 : Math.min(longestPause, 2 * pause || firstPause);
      logger.error('A worker has died and will be replaced', {
        worker: number,
        pid: worker.pid,
        cause,
        pause_seconds: pause / 1000,
      });
      await wait(pause, undefined, { ref: false });
      if (this.#stopping) return;
      onReplaced();
    }
  }
}

/** Ends a worker that lives longer than `limit` milliseconds. */
async function endWithin(worker: WorkerProcess, limit: number): Promise<void> {
  const timer = setTimeout(() => worker.kill(), limit);
  await worker.ended;
  clearTimeout(timer);
}
