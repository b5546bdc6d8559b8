import { noValues, type ParameterValues } from '../config/template.ts';
import { type LogRecord, ProbeLog } from '../log/probe-log.ts';
import * as families from '../metrics/families/probe.ts';
import { Layout } from '../metrics/layout.ts';
import { ProbeMetrics } from '../metrics/probe-metrics.ts';
import { Cancellation, onAbort, type ProbeSignal } from '../net/abort.ts';
import { Connector } from '../net/connector.ts';
import { ProbeFailure } from '../net/failure.ts';
import { runAttempts } from './attempts.ts';
import type { Module } from './context.ts';
import { gate } from './gate.ts';
import { recordTcp } from './tcp-metrics.ts';

export interface ProbeRequest {
  readonly module: Module;
  readonly target: string;
  readonly hostname: string | undefined;
  /** The values of the module's parameters; their defaults without it. */
  readonly parameters?: ParameterValues;
  /** Seconds from now to the deadline. */
  readonly timeout: number;
  /** Aborts when the client that asked has gone. */
  readonly signal?: ProbeSignal;
  /** Hears of every log record as it is made. */
  readonly onLog?: (record: LogRecord) => void;
}

export interface ProbeResult {
  readonly module: Module;
  readonly target: string;
  readonly success: boolean;
  /** Seconds. */
  readonly duration: number;
  /** Seconds from its arrival to its start. */
  readonly wait: number;
  /** How many attempts there were; undefined when the module has no retries. */
  readonly attempts?: number;
  readonly failure: ProbeFailure | undefined;
  readonly metrics: ProbeMetrics;
  readonly log: ProbeLog;
}

/** Runs one probe to its verdict. Never rejects: whatever goes wrong is a result. */
export async function runProbe(request: ProbeRequest): Promise<ProbeResult> {
  const log = new ProbeLog(request.onLog);
  const { retries } = request.module;
  const result =
    retries === undefined
      ? await runOnce(request, log)
      : await runAttempts(request, retries, (attempt) => runOnce(attempt, log));
  tellVerdict(result);
  return result;
}

async function runOnce(request: ProbeRequest, log: ProbeLog): Promise<ProbeResult> {
  const { module, target, timeout } = request;
  const metrics = new ProbeMetrics(layoutOf(module));
  const cancellation = new Cancellation();
  const deadline = setTimeout(() => cancellation.abort('timeout'), timeout * 1000);
  const stopListening = request.signal && onAbort(request.signal, () => cancellation.abort('cancelled'));
  const connector = new Connector(module.connection, cancellation, module.resolver);
  const arrived = performance.now();
  let started: number | undefined;
  let failure: ProbeFailure | undefined;
  try {
    const admitted = gate.enter(cancellation);
    if (admitted !== undefined) await admitted;
    started = performance.now();
    log.debug('Beginning probe', { prober: module.prober, timeout_seconds: timeout });
    await module.probe({
      target,
      hostname: request.hostname,
      parameters: request.parameters ?? defaultsOf(module),
      signal: cancellation,
      deadline: arrived + timeout * 1000,
      ipInfo: module.ipInfo ?? false,
      metrics,
      log,
      connector,
    });
  } catch (error) {
    failure = failureOf(error, log);
  } finally {
    clearTimeout(deadline);
    stopListening?.();
  }
  const ended = performance.now();
  const duration = (ended - (started ?? ended)) / 1000;
  const wait = ((started ?? ended) - arrived) / 1000;
  const facts = await connector.close();
  if (facts !== undefined) recordTcp(metrics, facts, connector.opened);
  if (failure?.reason === 'closed' && facts?.reset === true) failure = asReset(failure);
  recordOutcome(metrics, failure, duration, timeout);
  metrics.set(families.probeExporterLag, wait + connector.lagSince(arrived));
  return { module, target, success: failure === undefined, duration, wait, failure, metrics, log };
}

function defaultsOf({ parameters }: Module): ParameterValues {
  const values = parameters?.read({}) ?? noValues;
  if (typeof values === 'string') throw new ProbeFailure('admission', 'bad_target', values);
  return values;
}

function tellVerdict({ log, failure, duration, attempts }: ProbeResult): void {
  const course = { duration_seconds: duration, ...(attempts !== undefined && { attempts }) };
  if (failure === undefined) log.debug('Probe succeeded', course);
  else log.info('Probe failed', { phase: failure.phase, reason: failure.reason, err: failure.message, ...course });
}

const layouts = new WeakMap<Module, Layout>();

function layoutOf(module: Module): Layout {
  let layout = layouts.get(module);
  if (layout === undefined) layouts.set(module, (layout = new Layout()));
  return layout;
}

function recordOutcome(
  metrics: ProbeMetrics,
  failure: ProbeFailure | undefined,
  duration: number,
  timeout: number,
): void {
  metrics.set(families.probeSuccess, failure === undefined ? 1 : 0);
  metrics.set(families.probeDuration, duration);
  metrics.set(families.probeTimeout, timeout);
  if (failure !== undefined) {
    metrics.set(families.probeFailureInfo, 1, { phase: failure.phase, reason: failure.reason });
    if (failure.step !== undefined) metrics.set(families.probeFailureStep, failure.step);
  }
}

/** Anything but a ProbeFailure is a bug: it is told with its stack, and ends this probe alone. */
function failureOf(error: unknown, log: ProbeLog): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  log.error('The prober itself failed', {
    err: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return new ProbeFailure('check', 'other', 'The prober itself failed', { cause: error });
}

/** A reset right behind data looks like an end to whoever reads; the kernel has told better meanwhile. */
function asReset(failure: ProbeFailure): ProbeFailure {
  const { phase, message, step } = failure;
  const options = { cause: failure, ...(step !== undefined && { step }) };
  return new ProbeFailure(phase, 'reset', `${message} (it was reset)`, options);
}
