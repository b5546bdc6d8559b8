import { ProbeLog } from '../../src/log/probe-log.ts';
import { gauge } from '../../src/metrics/gauge.ts';
import { ProbeMetrics } from '../../src/metrics/probe-metrics.ts';
import { ProbeFailure } from '../../src/net/failure.ts';
import { defaultConnectionSettings } from '../../src/net/settings.ts';
import type { Module } from '../../src/probe/context.ts';
import type { ProbeResult } from '../../src/probe/run.ts';

export const answerGauge = gauge('probe_answer', 'The answer.');

/** A result as a run would give it, with one record and one sample. */
export function probeResult(
  parts: { target?: string; module?: string; success?: boolean; message?: string } = {},
): ProbeResult {
  const { target = 'a.example', module: name = 'http_2xx', success = true, message = 'Hello' } = parts;
  const module: Module = {
    name,
    prober: 'http',
    timeout: undefined,
    connection: defaultConnectionSettings,
    probe: async () => {},
    yaml: 'prober: http',
  };
  const metrics = new ProbeMetrics();
  metrics.set(answerGauge, 42);
  const log = new ProbeLog();
  log.info(message, { answer: 42 });
  const failure = success ? undefined : new ProbeFailure('connect', 'refused', 'Nobody listens');
  return { module, target, success, duration: 0.25, wait: 0, failure, metrics, log };
}
