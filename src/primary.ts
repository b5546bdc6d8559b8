import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ServeOptions } from './cli/serve-options.ts';
import { openInstance, openLog } from './instance.ts';
import { stopSignal, surviveBugs } from './lifecycle.ts';
import { ExporterMetrics } from './metrics/exporter-metrics.ts';
import { listenOn } from './server/listen.ts';
import { agreementOf } from './workers/agreement.ts';
import { Dispatcher } from './workers/dispatcher.ts';
import { WorkerPool } from './workers/pool.ts';
import { shareOf } from './workers/share.ts';
import { Totals } from './workers/totals.ts';
import { wholeOverview } from './workers/whole.ts';

const program = fileURLToPath(new URL('./worker.js', import.meta.url));

/** Serves probes from several workers until a signal ends it, then exits. This process accepts, and probes nothing. */
export async function servePrimary(options: ServeOptions): Promise<void> {
  const stop = stopSignal();
  const logger = openLog(options);
  const metrics = new ExporterMetrics();
  surviveBugs(logger, metrics);

  const epoch = process.hrtime.bigint();
  const totals = new Totals();
  const pool = new WorkerPool({
    size: options.workers,
    program,
    logger,
    answers: (worker) => ({
      async hello() {
        // A configuration that is being agreed upon would miss this worker.
        await instance.store.settled();
        worker.started = true;
        const { file, text } = instance.store;
        return {
          worker: worker.number,
          options: shareOf(options, worker.number),
          configuration: { file, text },
          epoch,
        };
      },
      taken: (id) => dispatcher.taken(worker, id),
      closed: () => void (worker.connections -= 1),
      counted: (report) => void (worker.counted = report),
      reload: () => instance.store.reload(),
      metrics: () => whole.metrics(),
      recent: () => whole.recent(),
      log: (wanted) => whole.log(wanted),
    }),
    onReady: () => dispatcher.handWaiting(),
    onEnded(worker) {
      totals.bury(worker.counted);
      dispatcher.workerEnded(worker);
    },
    onReplaced: () => instance.metrics.workerReplaced(),
    onHung: () => instance.metrics.workerHung(),
  });
  const dispatcher = new Dispatcher(() => pool.ready);
  const whole = wholeOverview(pool, metrics.registry, totals);
  const instance = await openInstance(options, {
    logger,
    metrics,
    workers: () => pool.ready.length,
    agree: agreementOf(pool),
  });

  const servers: Server[] = [];
  const addresses: string[] = [];
  for (const address of options.listenAddresses) {
    const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => dispatcher.take(socket));
    addresses.push(await listenOn(server, address));
    server.on('error', (error) => logger.error('Cannot accept a connection', { err: error }));
    servers.push(server);
  }
  await pool.start();
  for (const address of addresses) logger.info('Listening on', { address, workers: options.workers });

  const signal = await stop;
  for (const server of servers) server.close();
  dispatcher.close();
  const { doing, ended } = await pool.stop();
  const inFlight = doing.reduce((sum, { probesInFlight }) => sum + probesInFlight, 0);
  logger.info('Stopping', { signal, probes_in_flight: inFlight });
  await ended;
  process.exit(0);
}
