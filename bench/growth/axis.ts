import type { Load } from '../measure/load.ts';
import type { Place } from '../stage/place.ts';
import type { Targets } from '../stage/targets.ts';

/** Something that grows, while everything else stays as it is. */
export interface Axis {
  readonly name: string;
  readonly sizes: readonly number[];
  /** The load at a size; `from` is the number of the probe that it begins with. */
  readonly load: (size: number, from: number, place: Place, targets: Targets) => Omit<Load, 'seconds'>;
  /** How many probes a measurement has to make at least. */
  readonly probes: (size: number) => number;
}

const connections = 32;
const inFlight = [1, 4, 16, 32, 64, 256, 1024];
const distinct = [100, 1000, 10_000, 100_000];

/** Probes in flight, of one target. */
function flight(module: string, target: (place: Place, targets: Targets) => string): Axis {
  return {
    name: `${module} in flight`,
    sizes: inFlight,
    load: (size, _from, place, targets) => ({ module, target: target(place, targets), connections: size }),
    probes: () => 1,
  };
}

/** Distinct targets, all of which are probed. */
function targetsOf(what: string, module: string, lua: (place: Place, targets: Targets) => string): Axis {
  return {
    name: `http ${what}`,
    sizes: distinct,
    load: (count, from, place, targets) => ({
      module,
      target: { count, from: from % count, lua: lua(place, targets) },
      connections,
    }),
    probes: (count) => count,
  };
}

export const axes: readonly Axis[] = [
  flight('http', ({ host }, { http }) => `http://${host}:${http}/`),
  flight('https_h1', ({ host }, { https }) => `https://${host}:${https}/`),
  targetsOf('addresses', 'http', ({ hosts }, { http }) => `"http://" .. ${hosts} .. ":${http}/"`),
  targetsOf('names', 'http_names', (_place, { http }) => `"http://t" .. i .. ".bench.test:${http}/"`),
];
