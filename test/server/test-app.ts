import type { FastifyInstance } from 'fastify';
import { Logger } from '../../src/log/logger.ts';
import { ExporterMetrics } from '../../src/metrics/exporter-metrics.ts';
import { gauge } from '../../src/metrics/gauge.ts';
import { InstanceMetrics } from '../../src/metrics/instance-metrics.ts';
import type { KernelReadings } from '../../src/metrics/instance-metrics.ts';
import { ProbeFailure } from '../../src/net/failure.ts';
import { defaultConnectionSettings } from '../../src/net/settings.ts';
import type { Module, Probe } from '../../src/probe/context.ts';
import { Admission } from '../../src/probe/admission.ts';
import { ProbeHistory } from '../../src/probe/history.ts';
import { createApp } from '../../src/server/app.ts';
import type { AppOptions } from '../../src/server/app.ts';
import type { Configuration } from '../../src/server/configuration.ts';
import { processOverview } from '../../src/server/overview.ts';

export interface TestApp {
  readonly app: FastifyInstance;
  readonly metrics: ExporterMetrics;
  readonly instance: InstanceMetrics;
  readonly admission: Admission;
  readonly history: ProbeHistory;
  /** What the process's log has got. */
  readonly logged: string[];
}

export const targetLength = gauge('probe_test_target_length', 'Characters of the target.');

/** A prober that measures its target's length and fails on the target `bad`. */
export const measure: Probe = async ({ target, metrics, log }) => {
  log.debug('Measuring', { length: target.length });
  metrics.set(targetLength, target.length);
  if (target === 'bad') throw new ProbeFailure('connect', 'refused', 'Nobody listens');
};

/** A module that runs `probe`. */
export function testModule(name: string, probe: Probe = measure, timeout?: number): Module {
  return {
    name,
    prober: 'test',
    timeout,
    connection: defaultConnectionSettings,
    probe,
    yaml: `prober: test # ${name}\n`,
  };
}

/** A configuration with these modules. */
export function configuration(...modules: Module[]): Configuration {
  return { modules: new Map(modules.map((module) => [module.name, module])), yaml: 'modules: {}\n', warnings: [] };
}

const unknownKernel: KernelReadings = {
  socketsByState: () => undefined,
  localPortsInUse: () => undefined,
  localPortLimit: () => undefined,
};

/** All routes with a small configuration; `options` replace the defaults. */
export function testApp(options: Partial<AppOptions> & { readonly kernel?: KernelReadings } = {}): TestApp {
  const { kernel = unknownKernel, ...appOptions } = options;
  const logged: string[] = [];
  const { admission = new Admission() } = options;
  const metrics = new ExporterMetrics(admission);
  const instance = new InstanceMetrics(metrics.registry, { kernel, workers: () => 1 });
  const history = new ProbeHistory({ limit: 10 });
  const current = configuration(testModule('http_2xx', measure, 5000), testModule('other'));
  const app = createApp({
    configuration: () => current,
    reload: () => Promise.resolve(undefined),
    overview: processOverview({ registry: metrics.registry, history, logFormat: 'logfmt' }),
    metrics,
    history,
    admission,
    logger: new Logger({ level: 'info', format: 'logfmt', write: (line) => logged.push(line) }),
    logFormat: 'logfmt',
    probeLogLevel: 'info',
    timeoutOffset: 0.5,
    debug: true,
    paths: { externalUrl: 'http://exporter.test', routePrefix: '/' },
    ...appOptions,
  });
  return { app, metrics, instance, admission, history, logged };
}
