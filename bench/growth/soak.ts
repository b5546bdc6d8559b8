import type { Case } from '../cases.ts';
import { during } from '../lifetime.ts';
import { measureRound } from '../measure/round.ts';
import type { Node, Options } from '../options.ts';
import { enter, openStage } from '../stage/stage.ts';
import { clearbox } from '../stage/subjects.ts';

/** An exporter after so many probes. */
export interface SoakSample {
  /** Since its start. */
  readonly probes: number;
  /** Resident memory, in bytes. */
  readonly memory: number;
  /** Microseconds of CPU, of those since the sample before. */
  readonly cpuPerProbe: number;
}

const connections = 32;

/** Keeps one exporter busy for `seconds`, and looks at it after every few. */
export function soak(one: Case, node: Node, seconds: number, options: Options): Promise<SoakSample[]> {
  return during(async (lifetime) => {
    const { place, targets } = await openStage(lifetime, 1);
    const scene = await enter(lifetime, clearbox(node.path, node.version), place(0));
    const load = { module: one.name, target: one.target(place(0), targets), connections, seconds: options.seconds };
    const samples: SoakSample[] = [];
    let probes = 0;
    for (const end = performance.now() + seconds * 1000; performance.now() < end || samples.length === 0;) {
      const round = await measureRound(scene, load, undefined);
      probes += round.probes;
      samples.push({ probes, memory: round.memory, cpuPerProbe: round.cpuPerProbe });
    }
    return samples;
  });
}
