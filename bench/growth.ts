// npm run bench:growth: whether a probe costs the same however many are in flight, however many targets there are, and
// however long the exporter runs. Exits with 1 when a goal is missed.
import { cases } from './cases.ts';
import type { Verdict } from './goals.ts';
import { axes } from './growth/axis.ts';
import { costsBySize } from './growth/sizes.ts';
import { soak } from './growth/soak.ts';
import { costVerdict, soakCostVerdict, soakMemoryVerdict } from './growth/verdicts.ts';
import { during } from './lifetime.ts';
import { chosen, readOptions } from './options.ts';
import { program } from './programs.ts';
import { verdictTable } from './report/comparison.ts';
import { sizesTable, soakTable } from './report/growth.ts';
import { machine } from './report/machine.ts';
import { writeSection } from './report/section.ts';
import { memoryText } from './report/sizing.ts';
import { openNetwork } from './stage/network.ts';

const soaked = cases.filter(({ name }) => name === 'http' || name === 'https_h1');

const options = readOptions(process.argv.slice(2));
const node = options.nodes.at(-1);
if (node === undefined) throw new Error('There is no Node to measure');
const parts = chosen([...axes, ...soaked.map(({ name }) => ({ name: `${name} soak` }))], options.only);
const { description } = await during((lifetime) => openNetwork(lifetime, 0));
const setting = `${machine(description, { nginx: program('nginx') })} Node ${node.version}, ${options.rounds} rounds of ${options.seconds} s, a soak of ${options.soak} s.`;
process.stdout.write(`${setting}\n\n`);

const tables: string[] = [];
const verdicts: Verdict[] = [];
const show = (text: string): void => {
  process.stdout.write(`${text}\n`);
  tables.push(text);
};
for (const axis of axes.filter((axis) => parts.includes(axis))) {
  const costs = await costsBySize(axis, node, options);
  show(sizesTable(axis.name, costs));
  if (axis.name === 'http in flight') {
    const memory = memoryText(costs);
    process.stdout.write(`${memory}\n`);
    if (options.write) writeSection('docs/scaling.md', 'memory', memory);
  }
  verdicts.push(costVerdict(axis.name, costs));
}
const soaks = soaked.filter(({ name }) => parts.some((part) => part.name === `${name} soak`));
for (const one of soaks) {
  const samples = await soak(one, node, options.soak / soaks.length, options);
  show(soakTable(`${one.name}, probes so far`, samples));
  verdicts.push(soakCostVerdict(one.name, samples), soakMemoryVerdict(one.name, samples));
}
const goals = verdictTable(verdicts);
process.stdout.write(goals);
if (options.write) writeSection('bench/RESULTS.md', 'growth', [setting, goals, ...tables].join('\n\n'));
process.exitCode = verdicts.some(({ reached }) => reached === false) ? 1 : 0;
