import { load, openLog } from './instance.ts';
import { stopGrace, surviveBugs, surviveClosedOutput } from './lifecycle.ts';
import { keepMemoryLow } from './memory.ts';
import { openProbing } from './probing.ts';
import type { Configuration } from './server/configuration.ts';
import { Intake } from './server/intake.ts';
import { Channel } from './workers/channel.ts';
import type { PrimaryQuestions, WorkerQuestions } from './workers/messages.ts';
import { probeIds } from './workers/probe-ids.ts';
import { countedReport } from './workers/totals.ts';

/** How long the primary may take to answer, in milliseconds: longer than it waits for other workers. */
const patience = 5000;
/** The same where it has to wait for reloads first. */
const reloadPatience = 60_000;

/** How often the primary is told what this worker has counted, in milliseconds. */
const countInterval = 1000;

async function work(): Promise<void> {
  let current: Configuration | undefined;
  let prepared: Configuration | undefined;
  const channel = new Channel<WorkerQuestions, PrimaryQuestions>(process, {
    prepare({ file, text }) {
      try {
        prepared = load(text, file);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    adopt: () => void (current = prepared),
    report: () => metrics.registry.getMetricsAsJSON(),
    recent: () => overview.recent(),
    log: (wanted) => overview.log(wanted),
    stop() {
      const limit = admission.remaining + stopGrace;
      void Promise.all([intake.close(limit), app.close()]).then(() => process.exit(0));
      return { probesInFlight: admission.running, limit };
    },
  });

  const { worker, options, configuration, epoch } = await channel.ask('hello', undefined, reloadPatience);
  const logger = openLog(options, worker);
  const probing = openProbing(options, logger, probeIds(worker, epoch));
  const { admission, metrics, overview, maxConnections } = probing;
  surviveBugs(logger, metrics);
  const initial = load(configuration.text, configuration.file);
  const app = await probing.createApp({
    configuration: () => current ?? initial,
    reload: () => channel.ask('reload', undefined, reloadPatience),
    overview: {
      metrics: () => channel.ask('metrics', undefined, patience),
      recent: () => channel.ask('recent', undefined, patience),
      log: (wanted) => channel.ask('log', wanted, patience),
    },
  });
  const intake = new Intake(app, { maxConnections, onClosed: () => channel.tell('closed', undefined) });
  channel.onSocket((id, socket) => {
    channel.tell('taken', id);
    if (socket === undefined) channel.tell('closed', undefined);
    else intake.take(socket);
  });
  setInterval(() => {
    void countedReport(metrics.registry).then((report) => channel.tell('counted', report));
  }, countInterval).unref();
  channel.tell('ready', undefined);
}

keepMemoryLow();
surviveClosedOutput();
// Whoever stops the exporter tells the primary, though a terminal or a service manager signals every process.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
// A worker without its primary would have no connections.
process.once('disconnect', () => process.exit(1));
await work();
