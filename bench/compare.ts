import type { Case } from './cases.ts';
import { during } from './lifetime.ts';
import type { Load } from './measure/load.ts';
import { checkProbes, measureRound, type Round, type Scene } from './measure/round.ts';
import type { Options } from './options.ts';
import { enter, openStage } from './stage/stage.ts';
import type { Subject } from './stage/subjects.ts';
import { summarize, type Measured, type Summary } from './summary.ts';

const connections = 32;

/**
 * Measures all exporters in one case, in turn round by round, each afresh in a network afresh. The first is the peer
 * of the others.
 */
export function compare(one: Case, subjects: readonly Subject[], options: Options): Promise<Summary[]> {
  return during(async (lifetime) => {
    const { place, targets } = await openStage(lifetime, subjects.length);
    const port = one.port === undefined ? undefined : targets[one.port];
    const runners: { scene: Scene; load: Load; subject: Subject; rounds: Round[] }[] = [];
    for (const [i, subject] of subjects.entries()) {
      const scene = await enter(lifetime, subject, place(i));
      const load = { module: one.name, target: one.target(place(i), targets), connections, seconds: options.seconds };
      runners.push({ scene, load, subject, rounds: [] });
    }
    /** Throws when a probe of anybody fails. */
    const check = async (seconds: number): Promise<void> => {
      for (const { scene, load, subject } of runners) {
        try {
          await checkProbes(scene, { ...load, seconds });
        } catch (error) {
          throw new Error(`Nothing can be said of ${subject.name}: ${String(error)}`, { cause: error });
        }
      }
    };
    // Which warms up as well: V8 goes on compiling for the first 40,000 probes or so.
    await check(options.quick ? 1 : options.seconds * 4);
    for (let round = 0; round < options.rounds; round += 1) {
      for (const { scene, load, rounds } of runners) rounds.push(await measureRound(scene, load, port));
    }
    if (!options.quick) await check(1);
    const measured = runners.map(({ subject, rounds }): Measured => ({ case: one.name, subject, rounds }));
    const [peer] = measured;
    return peer === undefined ? [] : measured.map((each) => summarize(each, peer));
  });
}
