import type { ServeOptions } from './cli/serve-options.ts';
import { loadModules } from './config/modules.ts';
import { localPortLimit, localPortsInUse } from './kernel/local-ports.ts';
import { pingProblem } from './kernel/ping-problem.ts';
import { sockDiagProblem, socketsByState } from './kernel/sock-diag.ts';
import { Logger } from './log/logger.ts';
import type { ExporterMetrics } from './metrics/exporter-metrics.ts';
import { InstanceMetrics } from './metrics/instance-metrics.ts';
import { probers } from './probers/index.ts';
import { ConfigurationStore, defaultConfigFile } from './server/configuration.ts';
import type { Agreement, Configuration } from './server/configuration.ts';
import { webPaths } from './server/external-url.ts';
import { revision, version } from './version.ts';

/** What an exporter has once, however many processes it is. */
export interface Instance {
  readonly metrics: InstanceMetrics;
  readonly store: ConfigurationStore;
}

export interface InstanceOptions {
  readonly logger: Logger;
  /** Where the metrics of the instance go. */
  readonly metrics: ExporterMetrics;
  /** How many processes are ready for probes. */
  readonly workers: () => number;
  /** Asks whoever else uses the configuration. */
  readonly agree?: Agreement;
}

/** Reads a configuration with every prober that there is. Throws ConfigError. */
export function load(text: string, file: string): Configuration {
  return loadModules(text, file, probers);
}

/** The log of a process on standard error; `worker` is its number, where there are several. */
export function openLog(
  { logLevel, logFormat }: Pick<ServeOptions, 'logLevel' | 'logFormat'>,
  worker?: number,
): Logger {
  return new Logger({
    level: logLevel,
    format: logFormat,
    write: (line) => process.stderr.write(line),
    ...(worker === undefined ? {} : { context: { worker } }),
  });
}

/** Starts an instance: says so, and takes its configuration into use. Exits when that is refused, every mistake told. */
export async function openInstance(options: ServeOptions, parts: InstanceOptions): Promise<Instance> {
  const { logger, agree } = parts;
  // A bad external URL ends the start before anything has begun.
  webPaths({ ...options, port: 0 });
  const metrics = new InstanceMetrics(parts.metrics.registry, {
    kernel: { socketsByState, localPortsInUse, localPortLimit },
    workers: parts.workers,
  });
  logger.info('Starting clearbox_exporter', { version, revision, node: process.version });
  const problem = sockDiagProblem();
  if (problem !== undefined) {
    logger.warn('The kernel cannot be asked: its series are absent', {
      reason: problem,
      series: 'probe_tcp_*, clearbox_tcp_sockets',
    });
  }
  const store = new ConfigurationStore({
    file: options.configFile ?? defaultConfigFile(),
    load,
    logger,
    onLoaded: (accepted) => metrics.configurationLoaded(accepted),
    agree,
  });
  reloadOnDemand(store, options);
  if ((await store.reload()) !== undefined) process.exit(1);
  warnOfPing(store.current, logger);
  return { metrics, store };
}

function reloadOnDemand(store: ConfigurationStore, { autoReload, autoReloadInterval }: ServeOptions): void {
  process.on('SIGHUP', () => void store.reload());
  if (!autoReload || autoReloadInterval === 0) return;
  setInterval(() => void store.reloadIfChanged(), autoReloadInterval * 1000).unref();
}

/** Without the right to ping, every probe of an icmp module would fail. */
function warnOfPing({ modules }: Configuration, logger: Logger): void {
  if (![...modules.values()].some(({ prober }) => prober === 'icmp')) return;
  const problem = pingProblem();
  if (problem !== undefined) logger.warn('Modules of the icmp prober will fail', { reason: problem });
}
