import type { FastifyInstance } from 'fastify';
import type { ServeOptions } from './cli/serve-options.ts';
import { descriptorLimit } from './kernel/descriptor-limit.ts';
import type { Logger } from './log/logger.ts';
import { ExporterMetrics } from './metrics/exporter-metrics.ts';
import { cacheCounts } from './net/resolver/answer-cache.ts';
import { Admission } from './probe/admission.ts';
import { ProbeHistory } from './probe/history.ts';
import { createApp } from './server/app.ts';
import type { AppOptions } from './server/app.ts';
import { capacity } from './server/capacity.ts';
import { webPaths } from './server/external-url.ts';
import { processOverview } from './server/overview.ts';
import type { Overview } from './server/overview.ts';

/** What one process is made of that probes. */
export interface Probing {
  readonly admission: Admission;
  readonly metrics: ExporterMetrics;
  /** What this process knows of itself. */
  readonly overview: Overview;
  /** The most clients that may be connected. */
  readonly maxConnections: number;
  /** Its routes, ready to be asked. */
  createApp(rest: Pick<AppOptions, 'configuration' | 'reload' | 'overview'>): Promise<FastifyInstance>;
}

/** Makes a process able to probe; `nextId` gives the ids of its probes, which else count up from 0. */
export function openProbing(options: ServeOptions, logger: Logger, nextId?: () => number): Probing {
  const { maxInFlight, maxConnections } = capacity(descriptorLimit(), options.maxInFlight);
  if (maxInFlight < (options.maxInFlight ?? 0)) {
    logger.warn('The limit of descriptors allows fewer probes than --probe.max-in-flight', { in_flight: maxInFlight });
  }
  const admission = new Admission({ maxInFlight, maxPerHost: options.maxPerHost });
  const metrics = new ExporterMetrics(admission, cacheCounts);
  const history = new ProbeHistory({ limit: options.historyLimit, nextId });
  return {
    admission,
    metrics,
    overview: processOverview({ registry: metrics.registry, history, logFormat: options.logFormat }),
    maxConnections,
    async createApp(rest) {
      const app = createApp({
        ...rest,
        metrics,
        history,
        admission,
        logger,
        logFormat: options.logFormat,
        probeLogLevel: options.probeLogLevel,
        timeoutOffset: options.timeoutOffset,
        debug: options.probeDebug,
        paths: webPaths({ ...options, port: options.listenAddresses[0]?.port ?? 0 }),
      });
      await app.ready();
      return app;
    },
  };
}
