import type { Verdict } from '../goals.ts';
import { median } from '../statistics.ts';
import type { SizeCost } from './sizes.ts';
import type { SoakSample } from './soak.ts';

/** By how much the cost of a probe may grow, and the memory of an exporter. */
const costLimit = 1.15;
const memoryLimit = 1.2;
const [early, late] = [20_000, 200_000];

/** How many times the cost of the smallest size the dearest one has. */
export function costVerdict(name: string, costs: readonly SizeCost[]): Verdict {
  const [smallest] = costs;
  const growth = Math.max(...costs.map(({ cpuPerProbe }) => cpuPerProbe / (smallest?.cpuPerProbe ?? Number.NaN)));
  return {
    goal: `${name}: CPU a probe grows by at most 15% from ${count(smallest?.size)} to ${count(costs.at(-1)?.size)}`,
    measured: `${growth.toFixed(2)} times`,
    reached: growth <= costLimit,
  };
}

/** The cost of the last fifth of a soak beside that of the first fifth, without what came before 20,000 probes. */
export function soakCostVerdict(name: string, samples: readonly SoakSample[]): Verdict {
  const warm = samples.filter(({ probes }) => probes > early).map(({ cpuPerProbe }) => cpuPerProbe);
  const fifth = Math.ceil(warm.length / 5);
  const growth = median(warm.slice(-fifth)) / median(warm.slice(0, fifth));
  return {
    goal: `${name} soak: CPU a probe grows by at most 15%`,
    measured: warm.length < 2 ? 'too few probes' : `${growth.toFixed(2)} times`,
    reached: warm.length < 2 ? undefined : growth <= costLimit,
  };
}

/** The memory after 200,000 probes beside that after 20,000. */
export function soakMemoryVerdict(name: string, samples: readonly SoakSample[]): Verdict {
  const goal = `${name} soak: memory after ${count(late)} probes at most ${memoryLimit} times that after ${count(early)}`;
  const [before, after] = [early, late].map((probes) => samples.find((sample) => sample.probes >= probes)?.memory);
  if (before === undefined || after === undefined) {
    return { goal, measured: `only ${count(samples.at(-1)?.probes)} probes`, reached: undefined };
  }
  return { goal, measured: `${(after / before).toFixed(2)} times`, reached: after / before <= memoryLimit };
}

function count(number = 0): string {
  return number.toLocaleString('en');
}
