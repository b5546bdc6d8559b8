import { collectDefaultMetrics } from 'prom-client';
import type { Metric, Registry } from 'prom-client';

/** Adds what is known of this process, and says of each family what becomes of it where there are several processes. */
export function registerProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  // Gauges that are named like counters, which promtool minds.
  for (const kind of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  }
  // What is not said here is added up. The oldest process has started the others.
  aggregate(registry, 'process_start_time_seconds', 'min');
  for (const which of ['', '_mean', '_stddev', '_p50', '_p90', '_p99']) {
    aggregate(registry, `nodejs_eventloop_lag${which}_seconds`, 'max');
  }
}

/** The type of prom-client leaves out what its metrics take. */
type Aggregated = Metric & { aggregator: 'min' | 'max' };

function aggregate(registry: Registry, name: string, aggregator: Aggregated['aggregator']): void {
  const metric = registry.getSingleMetric(name) as Aggregated | undefined;
  if (metric !== undefined) metric.aggregator = aggregator;
}
