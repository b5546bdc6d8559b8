import type { Registry } from 'prom-client';
import type { LogFormat } from '../log/logger.ts';
import { debugOutput } from '../probe/debug-output.ts';
import { maskUserinfo } from '../probe/history.ts';
import type { HistoryEntry, ProbeHistory } from '../probe/history.ts';
import type { RecentProbe } from '../web/index-page.ts';

/** The probe with an id, or the newest one of a target, of one module where that is named. */
export type WantedLog = { readonly id: number } | { readonly target: string; readonly module: string | undefined };

export interface FoundLog {
  readonly id: number;
  /** The probe's debug output. */
  readonly text: string;
}

/** What the whole exporter tells of itself and of its recent probes, however many processes it is. */
export interface Overview {
  /** The exposition of its own metrics. */
  metrics(): Promise<string>;
  /** The recent probes that the page shows, newest first. */
  recent(): Promise<readonly RecentProbe[]>;
  log(wanted: WantedLog): Promise<FoundLog | undefined>;
}

export interface ProcessRecords {
  readonly registry: Registry;
  readonly history: ProbeHistory;
  readonly logFormat: LogFormat;
}

/** The most probes that the page shows. */
export const maxShown = 500;

/** What one process knows. */
export function processOverview({ registry, history, logFormat }: ProcessRecords): Overview {
  return {
    metrics: () => registry.metrics(),
    recent: () => Promise.resolve(history.list().slice(0, maxShown).map(recentProbe)),
    log(wanted) {
      const entry = 'id' in wanted ? history.get(wanted.id) : history.find(wanted.target, wanted.module);
      return Promise.resolve(entry && { id: entry.id, text: debugOutput(entry.result, logFormat) });
    },
  };
}

function recentProbe({ id, time, result }: HistoryEntry): RecentProbe {
  const { failure } = result;
  return {
    id,
    time,
    module: result.module.name,
    target: maskUserinfo(result.target),
    duration: result.duration,
    failure: failure === undefined ? undefined : `${failure.phase}: ${failure.reason}`,
  };
}
