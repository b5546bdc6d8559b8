import type { Verdict } from '../goals.ts';
import type { Summary } from '../summary.ts';
import { table } from './table.ts';

/** A row for each exporter in each case. */
export function comparisonTable(summaries: readonly Summary[]): string {
  return table(
    [
      'case',
      'exporter',
      'CPU a probe',
      'times less',
      'probes/s',
      'times more',
      'p50',
      'p99',
      'memory of all',
      'of the largest',
      'its peak',
      'TIME_WAIT here',
      'at the target',
    ],
    summaries.map((summary) => {
      const { subject, times, timeWait } = summary;
      const ratio = (value: number): string => (subject.node === undefined ? '-' : value.toFixed(2));
      return [
        summary.case,
        subject.name,
        `${summary.cpuPerProbe.toFixed(0)} us`,
        ratio(times.cpu),
        summary.probesPerSecond.toFixed(0),
        ratio(times.rate),
        `${summary.p50.toFixed(1)} ms`,
        `${summary.p99.toFixed(1)} ms`,
        `${(summary.memory / 1e6).toFixed(0)} MB`,
        `${(summary.largest / 1e6).toFixed(0)} MB`,
        `${(summary.peak / 1e6).toFixed(0)} MB`,
        String(timeWait.exporter),
        String(timeWait.targets),
      ];
    }),
  );
}

/** A row for each goal. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  return table(
    ['goal', 'measured', ''],
    verdicts.map(({ goal, measured, reached }) => [goal, measured, word(reached)]),
  );
}

function word(reached: boolean | undefined): string {
  if (reached === undefined) return 'not measured';
  return reached ? 'reached' : 'not reached';
}
