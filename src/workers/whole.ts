import type { Registry } from 'prom-client';
import { maxShown } from '../server/overview.ts';
import type { Overview } from '../server/overview.ts';
import type { WorkerPool } from './pool.ts';
import { countedIn } from './totals.ts';
import type { Totals } from './totals.ts';

/** How long a worker may take to tell its metrics, in milliseconds. */
const patience = 1000;

/** What all workers together know. One that does not answer in time is left out, but for what it had counted. */
export function wholeOverview(pool: WorkerPool, own: Registry, totals: Totals): Overview {
  return {
    async metrics() {
      const ofPrimary = await own.getMetricsAsJSON();
      const reports = new Map(
        await Promise.all(
          pool.ready.map(async (worker) => {
            const report = await worker.channel.ask('report', undefined, patience).catch(() => undefined);
            if (report !== undefined) worker.counted = countedIn(report);
            return [worker, report] as const;
          }),
        ),
      );
      // From here on at once, so that a worker that dies counts either as living or as dead.
      return totals.exposition([ofPrimary, ...pool.ready.map((worker) => reports.get(worker) ?? worker.counted)]);
    },
    async recent() {
      const recent = await pool.ask('recent', undefined);
      return recent
        .flat()
        .sort((one, other) => other.id - one.id)
        .slice(0, maxShown);
    },
    async log(wanted) {
      const found = await pool.ask('log', wanted);
      return found.filter((log) => log !== undefined).sort((one, other) => other.id - one.id)[0];
    },
  };
}
