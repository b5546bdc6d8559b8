import { fileURLToPath } from 'node:url';
import { runChild, startChild } from '../../test/support/child.ts';
import { root } from '../../test/support/identities.ts';
import type { Case } from '../cases.ts';
import { during } from '../lifetime.ts';
import type { Load } from '../measure/load.ts';
import { checkProbes, measureRound, type Scene } from '../measure/round.ts';
import type { Node, Options } from '../options.ts';
import type { Place } from '../stage/place.ts';
import { enter, openStage } from '../stage/stage.ts';
import { clearbox, type Subject } from '../stage/subjects.ts';

/** Microseconds of CPU time, one value a round. */
export interface BareCosts {
  /** An exchange alone. */
  readonly exchange: readonly number[];
  /** An exchange that a scrape over HTTP asks for. */
  readonly scraped: readonly number[];
  /** A probe by Clearbox. */
  readonly probe: readonly number[];
}

const connections = 32;
const env = { BARE_CA: root.cert };
const script = (name: string): string => fileURLToPath(new URL(`${name}.js`, import.meta.url));

/** Measures in turn, round by round, on one Node. */
export function bareCosts(one: Case, node: Node, options: Options): Promise<BareCosts> {
  const { seconds, rounds } = options;
  return during(async (lifetime) => {
    if (one.port === undefined) throw new Error(`${one.name} has no bare exchange`);
    const stage = await openStage(lifetime, 1);
    const [place, targets] = [stage.place(0), stage.targets];
    const port = targets[one.port];
    const load: Load = { module: one.name, target: one.target(place, targets), connections, seconds };
    const start = async (subject: Subject): Promise<Scene> => {
      const scene = await enter(lifetime, subject, place);
      await checkProbes(scene, { ...load, seconds: options.quick ? 1 : seconds * 4 }); // To warm up.
      return scene;
    };
    const server = await start(bareServer(node));
    const exporter = await start(clearbox(node.path, node.version));
    const costs = { exchange: [] as number[], scraped: [] as number[], probe: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      costs.exchange.push(await exchangeCost(node, place, [one.name, place.host, port, connections, seconds]));
      costs.scraped.push((await measureRound(server, load, port)).cpuPerProbe);
      costs.probe.push((await measureRound(exporter, load, port)).cpuPerProbe);
    }
    return costs;
  });
}

/** Bare exchanges behind a bare HTTP server, in the place of an exporter. */
function bareServer({ path, version }: Node): Subject {
  return {
    name: 'bare sockets',
    node: version,
    workers: 1,
    async start(lifetime, { exporter }) {
      const [program, ...words] = [...exporter, path, script('server')];
      const child = startChild(lifetime, program ?? '', words, { env });
      const [, address] = await child.waitFor(/address=(\S+)/);
      return { child, url: `http://${address}`, configFile: '' };
    },
  };
}

/** Bare exchanges in a loop; gives what each costs. */
async function exchangeCost({ path }: Node, { exporter }: Place, flags: readonly (string | number)[]): Promise<number> {
  const [program, ...words] = [...exporter, path, script('loop'), ...flags.map(String)];
  const { status, output } = await runChild(program ?? '', words, { env });
  const cost = /us=([\d.]+)/.exec(output)?.[1];
  if (status !== 0 || cost === undefined) throw new Error(`The bare exchanges ended with ${status}: ${output}`);
  return Number(cost);
}
