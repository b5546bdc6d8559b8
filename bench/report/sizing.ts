import type { SizeCost } from '../growth/sizes.ts';
import type { Summary } from '../summary.ts';
import { table } from './table.ts';

/** How busy a core may be on average, so that a burst and a restart find room. */
const utilization = 0.6;
const intervals = [15, 60] as const;
const million = 1e6;

/** How many targets a core carries, and how many cores 1,000,000 targets need; from the newest Node of a run. */
export function coresText(summaries: readonly Summary[]): string {
  const ours = summaries.filter(({ subject }) => subject.node !== undefined && subject.workers === 1);
  const node = ours.at(-1)?.subject.node ?? '';
  const newest = ours.filter(({ subject }) => subject.node === node);
  const perCore = (interval: number, cpu: number): number => (utilization * interval * 1e6) / cpu;
  const rows = newest.map(({ case: name, cpuPerProbe }) => [
    name,
    `${cpuPerProbe.toFixed(0)} us`,
    ...intervals.map((interval) => roundedDown(perCore(interval, cpuPerProbe))),
    ...intervals.map((interval) => (million / perCore(interval, cpuPerProbe)).toFixed(1)),
  ]);
  const head = [
    'case',
    'CPU a probe',
    ...intervals.map((interval) => `targets a core, ${interval} s`),
    ...intervals.map((interval) => `cores for 1,000,000, ${interval} s`),
  ];
  return `On Node ${node}, at ${utilization * 100}% of a core:\n\n${table(head, rows)}`;
}

const gibibyte = 2 ** 30;
/** Seconds that a probe may take: of a healthy target far away, and of one that never answers. */
const durations = [0.2, 5] as const;

/** How many probes in flight, and so how many targets, a GiB carries; `costs` by the number of probes in flight. */
export function memoryText(costs: readonly SizeCost[]): string {
  const [least, most] = [costs[0], costs.at(-1)];
  if (least === undefined || most === undefined || least.size === most.size) return '';
  // Where a probe more needs no memory that could be measured, count with a page of it.
  const perProbe = Math.max(4096, (most.peak - least.peak) / (most.size - least.size));
  const inFlight = (gibibyte - least.peak) / perProbe;
  const rows = durations.map((duration) => [
    `${duration} s`,
    ...intervals.map((interval) => roundedDown((inFlight * interval) / duration)),
  ]);
  const head = ['a probe takes', ...intervals.map((interval) => `targets a GiB, ${interval} s`)];
  return [
    `A process takes ${(least.peak / 1e6).toFixed(0)} MB at its peak with one probe in flight, and ${(most.peak / 1e6).toFixed(0)} MB with ${most.size.toLocaleString('en')}: ${(perProbe / 1000).toFixed(0)} kB for each probe more. So ${roundedDown(inFlight)} probes in flight fit into a GiB:`,
    table(head, rows),
  ].join('\n\n');
}

/** To two digits. */
function roundedDown(value: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return (Math.floor(value / unit) * unit).toLocaleString('en');
}
