import type { ServeOptions } from './cli/serve-options.ts';
import { openInstance, openLog } from './instance.ts';
import { stopGrace, stopSignal, surviveBugs } from './lifecycle.ts';
import { openProbing } from './probing.ts';
import { Listeners } from './server/listen.ts';

/** Serves probes from this process alone until a signal ends it, then exits. */
export async function serve(options: ServeOptions): Promise<void> {
  const stop = stopSignal();
  const logger = openLog(options);
  const probing = openProbing(options, logger);
  const { admission, metrics, overview } = probing;
  surviveBugs(logger, metrics);
  const { store } = await openInstance(options, { logger, metrics, workers: () => 1 });
  const app = await probing.createApp({
    configuration: () => store.current,
    reload: () => store.reload(),
    overview,
  });
  const listeners = new Listeners(app, probing);
  for (const address of options.listenAddresses) {
    logger.info('Listening on', { address: await listeners.add(address) });
  }
  listeners.onError((error) => logger.error('Cannot accept a connection', { err: error }));

  const signal = await stop;
  const stopped = Promise.all([listeners.close(admission.remaining + stopGrace), app.close()]);
  logger.info('Stopping', { signal, probes_in_flight: admission.running });
  await stopped;
  process.exit(0);
}
