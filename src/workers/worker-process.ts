import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { Channel } from './channel.ts';
import type { Answers } from './channel.ts';
import type { PrimaryQuestions, WorkerQuestions } from './messages.ts';
import type { Report } from './totals.ts';

/** A worker as the primary sees it. */
export class WorkerProcess {
  /** Its number, from 1. */
  readonly number: number;
  readonly channel: Channel<PrimaryQuestions, WorkerQuestions>;
  readonly startedAt = performance.now();
  /** Resolves with what ended it, when nothing more can come from it. */
  readonly ended: Promise<string>;
  /** Whether it has the configuration. */
  started = false;
  /** Whether it takes connections. */
  ready = false;
  /** The connections that it holds. */
  connections = 0;
  /** The id of the last one that was handed to it. */
  lastHanded = -1;
  /** Those that are on their way to it. */
  readonly underWay = new Map<number, Socket>();
  /** How often the pool has looked in vain for a word of it. */
  silence = 0;
  /** What it had counted when it was last heard of. */
  counted: Report = [];
  readonly #child: ChildProcess;

  constructor(number: number, program: string, answers: (worker: WorkerProcess) => Answers<PrimaryQuestions>) {
    this.number = number;
    this.#child = fork(program, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.channel = new Channel(this.#child, answers(this));
    this.#child.on('message', () => (this.silence = 0));
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
