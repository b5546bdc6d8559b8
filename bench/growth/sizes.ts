import { configurationWithNames } from '../cases.ts';
import { during } from '../lifetime.ts';
import { checkProbes, measureRound, type Round, type Scene } from '../measure/round.ts';
import type { Node, Options } from '../options.ts';
import { enter, openStage } from '../stage/stage.ts';
import { clearbox } from '../stage/subjects.ts';
import { median } from '../statistics.ts';
import type { Axis } from './axis.ts';

/** What a probe costs at one size. */
export interface SizeCost {
  readonly size: number;
  /** Microseconds of CPU. */
  readonly cpuPerProbe: number;
  readonly probesPerSecond: number;
  /** The most that a process ever had, in bytes. */
  readonly peak: number;
}

/** Measures every size in turn, round by round, each with an exporter of its own. */
export function costsBySize(axis: Axis, node: Node, options: Options): Promise<SizeCost[]> {
  const sizes = options.quick ? axis.sizes.slice(0, 2) : axis.sizes;
  return during(async (lifetime) => {
    const stage = await openStage(lifetime, 1);
    const [place, targets] = [stage.place(0), stage.targets];
    const runners: { size: number; scene: Scene; rounds: Round[] }[] = [];
    const config = configurationWithNames(`${place.host}:${targets.dns}`);
    for (const size of sizes) {
      const scene = await enter(lifetime, clearbox(node.path, node.version), place, config);
      await checkProbes(scene, { ...axis.load(size, 0, place, targets), seconds: options.seconds });
      runners.push({ size, scene, rounds: [] });
    }
    for (let round = 0; round < options.rounds; round += 1) {
      for (const { size, scene, rounds } of runners) {
        for (let probes = 0; probes < axis.probes(size); probes += rounds.at(-1)?.probes ?? 0) {
          const load = { ...axis.load(size, probes, place, targets), seconds: options.seconds };
          rounds.push(await measureRound(scene, load, undefined));
        }
      }
    }
    return runners.map(({ size, rounds }) => ({
      size,
      cpuPerProbe: median(rounds.map((round) => round.cpuPerProbe)),
      probesPerSecond: median(rounds.map((round) => round.probesPerSecond)),
      peak: Math.max(...rounds.map((round) => round.peak)),
    }));
  });
}
