import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UsageError } from './cli/flags.ts';
import { nearMiss } from './config/near-miss.ts';
import { noParameters } from './config/parameters.ts';
import { Cancellation, type ProbeSignal } from './net/abort.ts';
import { descriptorLimit } from './kernel/descriptor-limit.ts';
import { openSockets } from './kernel/open-sockets.ts';
import { systemReason } from './log/system-reason.ts';
import type { Module } from './probe/context.ts';
import { probeTimeout } from './probe/timeout.ts';
import { reserve } from './server/capacity.ts';
import type { SweepOrder } from './sweep/order.ts';
import { Pace, ProgressBar } from './sweep/progress.ts';
import { Results } from './sweep/results.ts';
import { rowOf } from './sweep/row.ts';
import { Summary } from './sweep/summary.ts';
import { Sweep, type SweepOptions } from './sweep/sweep.ts';
import { TargetList } from './sweep/targets.ts';
import { countText, durationText } from './sweep/texts.ts';

/** What a shell gives a program that a signal has ended; SIGPIPE stands for a reader that has gone. */
const statuses = { SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;

/** The milliseconds between two looks at the sockets. */
const socketInterval = 100;

/** Sweeps a list; gives the exit status. Throws UsageError, or an Error whose message is for people. */
export async function sweepCommand(order: SweepOrder, modules: ReadonlyMap<string, Module>): Promise<number> {
  const probe = chooseProbe(order, modules);
  checkDescriptors(order);
  const input = await openList(order.list);
  const stop = new Stop(input);
  const summary = new Summary(Date.now() + order.expireWithin);
  const results = await Results.open(order, summary, () => stop.now());
  const list = new TargetList(input, order.list ?? 'standard input', order.template);
  const sweep = new Sweep({
    probe,
    limits: order,
    signal: stop.signal,
    onResult: ({ number }, result) => results.add(rowOf(number, result, order.metrics)),
  });
  const watch = new SocketWatch();
  const bar = await startProgress(order, sweep, summary, list);
  let failure: unknown;
  try {
    await sweep.run(results.rest(list.targets()));
  } catch (error) {
    // A list that was closed because of the signal has nothing to complain of.
    if (stop.by === undefined) failure = error;
  }
  try {
    await (stop.by === undefined && failure === undefined ? results.finish() : results.flush());
  } catch (error) {
    failure ??= error;
  }
  watch.end();
  bar?.end();
  if (results.isAbandoned) return statuses.SIGPIPE;
  process.stderr.write(summary.render() + watch.render(sweep.mostRunning));
  if (failure === undefined && stop.by === undefined) return 0;
  if (order.output !== undefined)
    process.stderr.write('The list is not done: the same command with --resume goes on\n');
  if (failure !== undefined) throw failure;
  return statuses[stop.by ?? 'SIGINT'];
}

function chooseProbe(order: SweepOrder, modules: ReadonlyMap<string, Module>): SweepOptions['probe'] {
  const { module: name, hostname } = order;
  const module = modules.get(name);
  if (module === undefined) {
    const meant = nearMiss(name, modules.keys());
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw new UsageError(`--module: the configuration has no module ${JSON.stringify(name)}${hint}`, 2);
  }
  const parameters = (module.parameters ?? noParameters).read(order.parameters);
  if (typeof parameters === 'string') throw new UsageError(`--module=${name}: ${parameters}`, 2);
  const contradiction = module.probe.refuse?.({ hostname, parameters });
  if (contradiction !== undefined) throw new UsageError(`--module=${name}: ${contradiction}`, 2);
  const most = order.timeout === undefined ? undefined : String(order.timeout / 1000);
  return { module, hostname, parameters, timeout: probeTimeout(most, module.timeout, 0) };
}

function checkDescriptors({ concurrency }: SweepOrder): void {
  const most = (descriptorLimit() ?? Infinity) - reserve;
  if (concurrency <= most) return;
  throw new UsageError(`--concurrency: the limit of descriptors allows at most ${most} (see ulimit -n)`, 2);
}

async function openList(file: string | undefined): Promise<Readable> {
  if (file === undefined) {
    if (process.stdin.isTTY) process.stderr.write('Type one target a line, and Ctrl-D behind the last\n');
    return process.stdin;
  }
  const stream = createReadStream(file);
  try {
    await once(stream, 'open');
  } catch (error) {
    throw new Error(`Cannot read ${file}: ${systemReason(error)}`, { cause: error });
  }
  return stream;
}

/** Stops a sweep, of itself or when a signal asks to; a second signal ends the process at once. */
class Stop {
  readonly #cancellation = new Cancellation();
  readonly #input: Readable;
  #by: 'SIGINT' | 'SIGTERM' | undefined;

  constructor(input: Readable) {
    this.#input = input;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (this.#by !== undefined) process.exit(statuses[name]);
        this.#by = name;
        this.now();
      });
    }
  }

  get signal(): ProbeSignal {
    return this.#cancellation;
  }

  /** The signal that asked to stop. */
  get by(): 'SIGINT' | 'SIGTERM' | undefined {
    return this.#by;
  }

  now(): void {
    this.#cancellation.abort('cancelled');
    // Who waits for more of the list is not to wait on.
    this.#input.destroy();
  }
}

/** Looks, time and again, how many sockets the kernel holds for this process. */
class SocketWatch {
  readonly #started = performance.now();
  readonly #timer = setInterval(() => (this.#most = Math.max(this.#most, openSockets() ?? 0)), socketInterval);
  #most = 0;
  #elapsed = 0;

  end(): void {
    clearInterval(this.#timer);
    this.#elapsed = (performance.now() - this.#started) / 1000;
  }

  render(mostRunning: number): string {
    const probes = `Took ${durationText(this.#elapsed)}, with at most ${countText(mostRunning, 'probe')} at once`;
    if (this.#most === 0) return `${probes}\n`;
    return `${probes} and ${countText(this.#most, 'socket')} open (seen by the kernel, looked at every ${socketInterval} ms)\n`;
  }
}

/** Shows how far the sweep is, where somebody looks at it. */
async function startProgress(
  order: SweepOrder,
  sweep: Sweep,
  summary: Summary,
  list: TargetList,
): Promise<ProgressBar | undefined> {
  const mixesWithRows = order.output === undefined && process.stdout.isTTY;
  if (!order.progress || !process.stderr.isTTY || mixesWithRows) return undefined;
  const pace = new Pace(order.list === undefined ? undefined : (await stat(order.list)).size, summary.count);
  return new ProgressBar(process.stderr, () => {
    const { count: done, failed } = summary;
    return { done, failed, running: sweep.running, ...pace.facts(done, list.bytesRead) };
  });
}
