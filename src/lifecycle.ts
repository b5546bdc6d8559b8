import type { Logger } from './log/logger.ts';
import type { ExporterMetrics } from './metrics/exporter-metrics.ts';

/** What requests other than probes get to end when the process stops, in milliseconds. */
export const stopGrace = 2000;

/** Nobody is left to tell when standard error or output has gone; a probe in flight still has its answer to give. */
export function surviveClosedOutput(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', () => {});
}

/** The first signal that asks to stop; a second one stops at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
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
export function surviveBugs(logger: Logger, metrics?: ExporterMetrics): void {
  process.on('unhandledRejection', (reason) => {
    metrics?.internalError('unhandled_rejection');
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
