import type { Case } from '../cases.ts';
import { during } from '../lifetime.ts';
import { measureRound } from '../measure/round.ts';
import type { Node, Options } from '../options.ts';
import { program } from '../programs.ts';
import { openNetwork } from '../stage/network.ts';
import { clearbox } from '../stage/subjects.ts';
import { startTargets } from '../stage/targets.ts';

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
    const { places } = await openNetwork(lifetime, 1);
    const [place] = places;
    if (place === undefined) return [];
    const targets = await startTargets(lifetime, place, program('nginx'));
    const exporter = await clearbox(node.path, node.version).start(lifetime, place);
    const scene = { exporter, place, wrk: program('wrk'), ss: program('ss') };
    const load = { module: one.name, target: one.target(place, targets), connections, seconds: options.seconds };
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
