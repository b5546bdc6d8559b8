import { AggregatorRegistry } from 'prom-client';
import type { Metric, Registry } from 'prom-client';

/** The metrics of one process, as prom-client gives them as objects. */
export type Report = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** What only ever grows. The type of prom-client has numbers for these names. */
const growing = new Set<unknown>(['counter', 'histogram', 'summary']);

/** The counters and histograms of a process; nothing else is collected. */
export async function countedReport(registry: Registry): Promise<Report> {
  const metrics = registry.getMetricsAsArray().filter(({ type }) => growing.has(type)) as unknown as Metric[];
  return Promise.all(metrics.map((metric) => metric.get()));
}

/** The counters and histograms among what a process has told. */
export function countedIn(report: Report): Report {
  return report.filter(({ type }) => growing.has(type));
}

/** What the workers counted that have died, so that no counter of the exporter ever falls. */
export class Totals {
  #dead: Report = [];

  /** Keeps what a worker had counted when it was last heard of. */
  bury(counted: Report): void {
    this.#dead = aggregate([this.#dead, counted]).getMetricsAsArray() as Report;
  }

  /** The exposition of the living and the dead together, each family by its aggregator. */
  exposition(living: readonly Report[]): Promise<string> {
    return aggregate([...living, this.#dead]).metrics();
  }
}

function aggregate(reports: readonly Report[]): Registry {
  return AggregatorRegistry.aggregate([...reports]);
}
