import type { Round } from './measure/round.ts';
import type { Subject } from './stage/subjects.ts';
import { median, medianRatio } from './statistics.ts';

/** The rounds of one exporter in one case; those of all exporters of a case were taken in turn. */
export interface Measured {
  readonly case: string;
  readonly subject: Pick<Subject, 'name' | 'node' | 'workers'>;
  readonly rounds: readonly Round[];
}

/** Medians over the rounds, and of what only grows the maximum. */
export interface Summary extends Omit<Measured, 'rounds'> {
  readonly cpuPerProbe: number;
  readonly probesPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly memory: number;
  readonly largest: number;
  readonly peak: number;
  readonly timeWait: { readonly exporter: number; readonly targets: number };
  /** How many times less CPU and latency than the peer, and how many times more probes; medians of pairs. */
  readonly times: { readonly cpu: number; readonly rate: number; readonly p99: number };
}

/** Sums up one exporter, beside `peer` in the same case. */
export function summarize({ case: name, subject, rounds }: Measured, peer: Measured): Summary {
  const middle = (of: (round: Round) => number): number => median(rounds.map(of));
  const most = (of: (round: Round) => number): number => Math.max(...rounds.map(of));
  const times = (of: (round: Round) => number): number => medianRatio(peer.rounds.map(of), rounds.map(of));
  return {
    case: name,
    subject,
    cpuPerProbe: middle((round) => round.cpuPerProbe),
    probesPerSecond: middle((round) => round.probesPerSecond),
    p50: middle((round) => round.p50),
    p99: middle((round) => round.p99),
    memory: most((round) => round.memory),
    largest: most((round) => round.largest),
    peak: most((round) => round.peak),
    timeWait: { exporter: most((round) => round.timeWait.exporter), targets: most((round) => round.timeWait.targets) },
    times: {
      cpu: times((round) => round.cpuPerProbe),
      rate: times((round) => 1 / round.probesPerSecond),
      p99: times((round) => round.p99),
    },
  };
}
