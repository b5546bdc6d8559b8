import type { Summary } from './summary.ts';

/** A goal beside what a run has measured. */
export interface Verdict {
  readonly goal: string;
  readonly measured: string;
  /** Undefined when the run was too short to tell. */
  readonly reached: boolean | undefined;
}

/** How many times less CPU than the peer a probe is to take. */
const cpuGoals: Readonly<Record<string, number>> = { http: 2.8, https_h1: 1.3, https_h2: 1.3, tcp: 5, dns: 2, icmp: 2 };
/** How many times more probes than the peer workers are to make in the same time. */
const rateGoals: Readonly<Record<string, number>> = { http: 2, https_h1: 1.3, https_h2: 1.3, tcp: 2 };
const memoryGoal = 150e6;

/** Judges the newest Node of a run, and of cases that were run. Empty without a Clearbox. */
export function judge(summaries: readonly Summary[]): Verdict[] {
  const ours = summaries.filter(({ subject }) => subject.node !== undefined);
  const node = ours.at(-1)?.subject.node;
  const newest = ours.filter(({ subject }) => subject.node === node);
  const single = newest.filter(({ subject }) => subject.workers === 1);
  const parallel = newest.filter(({ subject }) => subject.workers > 1);
  return [
    ...ratioVerdicts(single, cpuGoals, 'less CPU per probe', ({ times }) => times.cpu),
    ...ratioVerdicts(parallel, rateGoals, 'more probes/s', ({ times }) => times.rate),
    // The peer uses all cores: beside it stand as many workers, where they were measured.
    ...(parallel.length > 0 ? parallel : single).map(p99Verdict),
    ...(newest.length > 0 ? [memoryVerdict(newest), timeWaitVerdict(newest)] : []),
  ];
}

function ratioVerdicts(
  summaries: readonly Summary[],
  goals: Readonly<Record<string, number>>,
  what: string,
  ratio: (summary: Summary) => number,
): Verdict[] {
  return summaries.flatMap((summary) => {
    const goal = goals[summary.case];
    if (goal === undefined) return [];
    return [
      {
        goal: `${summary.case}: ${goal} times ${what}${withWorkers(summary)}`,
        measured: ratio(summary).toFixed(2),
        reached: ratio(summary) >= goal,
      },
    ];
  });
}

function p99Verdict(summary: Summary): Verdict {
  return {
    goal: `${summary.case}: lower p99${withWorkers(summary)}`,
    measured: `${summary.times.p99.toFixed(2)} times lower`,
    reached: summary.times.p99 > 1,
  };
}

function memoryVerdict(summaries: readonly Summary[]): Verdict {
  const most = worst(summaries, ({ largest }) => largest);
  return {
    goal: `memory below ${memoryGoal / 1e6} MB a worker`,
    measured: `at most ${(most.largest / 1e6).toFixed(0)} MB (${most.case})`,
    reached: most.largest < memoryGoal,
  };
}

function timeWaitVerdict(summaries: readonly Summary[]): Verdict {
  const sockets = ({ timeWait }: Summary): number => timeWait.exporter + timeWait.targets;
  const most = worst(summaries, sockets);
  return {
    goal: 'no socket in TIME_WAIT on either side',
    measured: sockets(most) === 0 ? '0' : `${sockets(most)} (${most.case})`,
    reached: sockets(most) === 0,
  };
}

function worst(summaries: readonly Summary[], of: (summary: Summary) => number): Summary {
  return summaries.reduce((most, summary) => (of(summary) > of(most) ? summary : most));
}

function withWorkers({ subject }: Summary): string {
  return subject.workers > 1 ? `, ${subject.workers} workers` : '';
}
