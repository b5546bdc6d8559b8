import type { Lifetime } from '../../test/support/servers.ts';
import type { Scene } from '../measure/round.ts';
import { program } from '../programs.ts';
import { openNetwork } from './network.ts';
import type { Place } from './place.ts';
import type { Subject } from './subjects.ts';
import { startTargets, type Targets } from './targets.ts';

/** Targets that run, and a place for each exporter that is to probe them. */
export interface Stage {
  readonly place: (exporter: number) => Place;
  readonly targets: Targets;
}

/** Opens the network for so many exporters, and starts the targets in it. */
export async function openStage(lifetime: Lifetime, exporters: number): Promise<Stage> {
  const { places } = await openNetwork(lifetime, exporters);
  const place = (exporter: number): Place => {
    const found = places[exporter];
    if (found === undefined) throw new Error(`There is no place for exporter ${exporter}`);
    return found;
  };
  return { place, targets: await startTargets(lifetime, place(0), program('nginx')) };
}

/** Starts an exporter in its place. */
export async function enter(lifetime: Lifetime, subject: Subject, place: Place, config?: string): Promise<Scene> {
  const exporter = await subject.start(lifetime, place, config);
  return { exporter, place, wrk: program('wrk'), ss: program('ss') };
}
