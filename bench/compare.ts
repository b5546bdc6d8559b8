import type { Case } from './cases.ts';
import { during } from './lifetime.ts';
import { measureRound, type Round, type Scene } from './measure/round.ts';
import { runLoad, type Load } from './measure/load.ts';
import type { Options } from './options.ts';
import { program } from './programs.ts';
import { openNetwork } from './stage/network.ts';
import type { Subject } from './stage/subjects.ts';
import { startTargets } from './stage/targets.ts';
import { summarize, type Measured, type Summary } from './summary.ts';

const connections = 32;

/**
 * Measures all exporters in one case, in turn round by round, each afresh in a network afresh. The first is the peer
 * of the others.
 */
export function compare(one: Case, subjects: readonly Subject[], options: Options): Promise<Summary[]> {
  return during(async (lifetime) => {
    const { places } = await openNetwork(lifetime, subjects.length);
    const [place] = places;
    if (place === undefined) return [];
    const targets = await startTargets(lifetime, place, program('nginx'));
    const port = one.port === undefined ? undefined : targets[one.port];
    const runners: { scene: Scene; load: Load; subject: Subject; rounds: Round[] }[] = [];
    for (const [i, subject] of subjects.entries()) {
      const place = places[i];
      if (place === undefined) continue;
      const exporter = await subject.start(lifetime, place);
      const scene = { exporter, place, wrk: program('wrk'), ss: program('ss') };
      const load = { module: one.name, target: one.target(place, targets), connections, seconds: options.seconds };
      runners.push({ scene, load, subject, rounds: [] });
    }
    /** Throws when a probe of anybody fails. */
    const check = async (seconds: number): Promise<void> => {
      for (const { scene, load } of runners) {
        const { exporter, place, wrk } = scene;
        await runLoad([...place.exporter, wrk], exporter.url, { ...load, seconds, check: true });
      }
    };
    await check(options.quick ? 1 : options.seconds * 2); // Which warms up as well.
    for (let round = 0; round < options.rounds; round += 1) {
      for (const { scene, load, rounds } of runners) rounds.push(await measureRound(scene, load, port));
    }
    if (!options.quick) await check(1);
    const measured = runners.map(({ subject, rounds }): Measured => ({ case: one.name, subject, rounds }));
    const [peer] = measured;
    return peer === undefined ? [] : measured.map((each) => summarize(each, peer));
  });
}
