import type { SizeCost } from '../growth/sizes.ts';
import type { SoakSample } from '../growth/soak.ts';
import { table } from './table.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** A row for each size. */
export function sizesTable(what: string, costs: readonly SizeCost[]): string {
  const base = costs[0]?.cpuPerProbe ?? Number.NaN;
  return table(
    [what, 'CPU a probe', 'times', 'probes/s', 'peak'],
    costs.map(({ size, cpuPerProbe, probesPerSecond, peak }) => [
      size.toLocaleString('en'),
      `${cpuPerProbe.toFixed(0)} us`,
      (cpuPerProbe / base).toFixed(2),
      probesPerSecond.toFixed(0),
      megabytes(peak),
    ]),
  );
}

/** A row for each power of two in probes, and the last sample. */
export function soakTable(what: string, samples: readonly SoakSample[]): string {
  let next = 10_000;
  const rows = samples.filter(({ probes }, i) => {
    const due = probes >= next || i === samples.length - 1;
    while (next <= probes) next *= 2;
    return due;
  });
  return table(
    [what, 'CPU a probe', 'memory'],
    rows.map(({ probes, cpuPerProbe, memory }) => [
      probes.toLocaleString('en'),
      `${cpuPerProbe.toFixed(0)} us`,
      megabytes(memory),
    ]),
  );
}
