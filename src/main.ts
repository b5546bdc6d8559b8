#!/usr/bin/env node
import { parseCommandLine } from './cli/command-line.ts';
import { UsageError } from './cli/flags.ts';
import type { ServeOptions } from './cli/serve-options.ts';
import { loadModules } from './config/modules.ts';
import { descriptorLimit } from './kernel/descriptor-limit.ts';
import { localPortLimit, localPortsInUse } from './kernel/local-ports.ts';
import { pingProblem } from './kernel/ping-problem.ts';
import { sockDiagProblem, socketsByState } from './kernel/sock-diag.ts';
import { Logger } from './log/logger.ts';
import { ExporterMetrics } from './metrics/exporter-metrics.ts';
import { Admission } from './probe/admission.ts';
import { ProbeHistory } from './probe/history.ts';
import { probers } from './probers/index.ts';
import { createApp } from './server/app.ts';
import { capacity } from './server/capacity.ts';
import { ConfigurationStore, defaultConfigFile, readConfigFile } from './server/configuration.ts';
import type { Configuration } from './server/configuration.ts';
import { webPaths } from './server/external-url.ts';
import { Listeners } from './server/listen.ts';
import { revision, version } from './version.ts';

/** What requests other than probes get to end when the process stops, in milliseconds. */
const stopGrace = 2000;

function load(text: string, file: string): Configuration {
  return loadModules(text, file, probers);
}

async function main(): Promise<void> {
  // Nobody is left to tell when standard error or output has gone; a probe in flight still has its answer to give.
  process.stderr.on('error', () => {});
  process.stdout.on('error', () => {});
  const command = parseCommandLine(process.argv.slice(2));
  if ('print' in command) {
    process.stdout.write(command.print);
  } else if (command.serve.configCheck) {
    await check(command.serve);
  } else {
    await serve(command.serve);
  }
}

async function check(options: ServeOptions): Promise<void> {
  const file = options.configFile ?? defaultConfigFile();
  const { modules, warnings } = load(await readConfigFile(file), file);
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  process.stdout.write(`${file}: ok, ${modules.size} modules\n`);
}

async function serve(options: ServeOptions): Promise<void> {
  const logger = new Logger({
    level: options.logLevel,
    format: options.logFormat,
    write: (line) => process.stderr.write(line),
  });
  const stop = stopSignal();
  const { maxInFlight, maxConnections } = capacity(descriptorLimit(), options.maxInFlight);
  const admission = new Admission({ maxInFlight, maxPerHost: options.maxPerHost });
  const metrics = new ExporterMetrics({
    kernel: { socketsByState, localPortsInUse, localPortLimit },
    probes: admission,
  });
  surviveBugs(logger, metrics);
  const [first] = options.listenAddresses;
  const paths = webPaths({ ...options, port: first?.port ?? 0 });
  logger.info('Starting clearbox_exporter', { version, revision, node: process.version });

  const problem = sockDiagProblem();
  if (problem !== undefined) {
    logger.warn('The kernel cannot be asked: its series are absent', {
      reason: problem,
      series: 'probe_tcp_*, clearbox_tcp_sockets',
    });
  }

  if (maxInFlight < (options.maxInFlight ?? 0)) {
    logger.warn('The limit of descriptors allows fewer probes than --probe.max-in-flight', { in_flight: maxInFlight });
  }

  const store = new ConfigurationStore({
    file: options.configFile ?? defaultConfigFile(),
    load,
    logger,
    onLoaded: (accepted) => metrics.configurationLoaded(accepted),
  });
  reloadOnDemand(store, options);
  if ((await store.reload()) !== undefined) process.exit(1);
  warnOfPing(store.current, logger);

  const app = createApp({
    configuration: () => store.current,
    reload: () => store.reload(),
    metrics,
    history: new ProbeHistory({ limit: options.historyLimit }),
    admission,
    logger,
    logFormat: options.logFormat,
    probeLogLevel: options.probeLogLevel,
    timeoutOffset: options.timeoutOffset,
    debug: options.probeDebug,
    paths,
  });
  await app.ready();
  const listeners = new Listeners({ maxConnections });
  for (const address of options.listenAddresses) {
    logger.info('Listening on', { address: await listeners.add(app, address) });
  }
  listeners.onError((error) => logger.error('Cannot accept a connection', { err: error }));

  const signal = await stop;
  const stopped = Promise.all([listeners.close(admission.remaining + stopGrace), app.close()]);
  logger.info('Stopping', { signal, probes_in_flight: admission.running });
  await stopped;
  process.exit(0);
}

/** Without the right to ping, every probe of an icmp module would fail. */
function warnOfPing({ modules }: Configuration, logger: Logger): void {
  if (![...modules.values()].some(({ prober }) => prober === 'icmp')) return;
  const problem = pingProblem();
  if (problem !== undefined) logger.warn('Modules of the icmp prober will fail', { reason: problem });
}

function reloadOnDemand(store: ConfigurationStore, { autoReload, autoReloadInterval }: ServeOptions): void {
  process.on('SIGHUP', () => void store.reload());
  if (!autoReload || autoReloadInterval === 0) return;
  setInterval(() => void store.reloadIfChanged(), autoReloadInterval * 1000).unref();
}

/** The first signal that asks to stop; a second one stops at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve(signal);
      });
    }
  });
}

/** A promise that nobody handles costs one probe at most; after an uncaught exception nothing can be trusted. */
function surviveBugs(logger: Logger, metrics: ExporterMetrics): void {
  process.on('unhandledRejection', (reason) => {
    metrics.internalError('unhandled_rejection');
    logger.error('Unhandled rejection', { err: stackOf(reason) });
  });
  process.on('uncaughtException', (error) => {
    logger.error('Uncaught exception', { err: stackOf(error) });
    process.exit(1);
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const prefix = error instanceof UsageError ? 'clearbox_exporter: ' : '';
  process.stderr.write(`${prefix}${message}\n`);
  process.exit(1);
}
