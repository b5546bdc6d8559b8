import { loadModules } from '../../src/config/modules.ts';
import type { LogRecord } from '../../src/log/probe-log.ts';
import type { ProbeFailure } from '../../src/net/failure.ts';
import type { Module } from '../../src/probe/context.ts';
import { runProbe } from '../../src/probe/run.ts';
import { probers } from '../../src/probers/index.ts';
import { parseExposition, seriesOf } from './exposition.ts';
import { nothingCame } from './unheard.ts';

export interface ProbeOnceOptions {
  readonly hostname?: string;
  /** Seconds; 10 without it. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Hears of every log record as it is made. */
  readonly onLog?: (record: LogRecord) => void;
}

export interface ProbeOutcome {
  readonly success: boolean;
  readonly failure: ProbeFailure | undefined;
  /** Values by series, as an exposition writes it: `probe_http_duration_seconds{phase="tls"}`. */
  readonly metrics: ReadonlyMap<string, number>;
  /** The same as text. */
  readonly text: string;
  readonly log: readonly LogRecord[];
}

/** Runs one probe: a module as YAML (what stands below its name) or as an object, and a target. */
export async function probeOnce(
  module: string | object,
  target: string,
  options: ProbeOnceOptions = {},
): Promise<ProbeOutcome> {
  return await prepare(module)(target, options);
}

/**
 * Probes a port of this machine once more where the deadline came before the kernel had anything for the prober, as on a
 * machine that stands still. What has come, and was not heard, is the prober's fault: then it stays at the first outcome.
 */
export async function probeUnlessHeldBack(
  module: string | object,
  target: string,
  options: ProbeOnceOptions = {},
): Promise<ProbeOutcome> {
  const { timeout = 10 } = options;
  const port = Number(/:(\d+)\/?$/.exec(target)?.[1]);
  let heldBack = false;
  const look = setTimeout(() => (heldBack = nothingCame(port)), (timeout - 0.5) * 1000);
  const outcome = await probeOnce(module, target, options);
  clearTimeout(look);
  return heldBack && outcome.failure?.reason === 'timeout' ? await probeOnce(module, target, options) : outcome;
}

/** Loads a module once, and runs as many probes of it as are asked for. */
export function prepare(
  module: string | object,
): (target: string, options?: ProbeOnceOptions) => Promise<ProbeOutcome> {
  const yaml = typeof module === 'string' ? module.replaceAll(/^(?=.)/gm, '    ') : `    ${JSON.stringify(module)}`;
  const { modules } = loadModules(`modules:\n  tested:\n${yaml}\n`, 'test.yml', probers);
  const tested = modules.get('tested');
  if (tested === undefined) throw new Error('the loader lost the module');
  return async (target, options = {}) => await run(tested, target, options);
}

async function run(tested: Module, target: string, options: ProbeOnceOptions): Promise<ProbeOutcome> {
  const { hostname, timeout = 10, signal, onLog } = options;
  const result = await runProbe({
    module: tested,
    target,
    hostname,
    timeout,
    ...(signal !== undefined && { signal }),
    ...(onLog !== undefined && { onLog }),
  });
  const text = result.metrics.render();
  const series = seriesOf(parseExposition(text));
  return {
    success: result.success,
    failure: result.failure,
    metrics: new Map([...series].map(([key, { value }]) => [key, value])),
    text,
    log: result.log.records,
  };
}
