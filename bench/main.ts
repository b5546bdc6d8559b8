// npm run bench: the CPU time, memory, latency and sockets of a probe, beside blackbox_exporter.
import { cases } from './cases.ts';
import { compare } from './compare.ts';
import { judge } from './goals.ts';
import { chosen, readOptions, type Options } from './options.ts';
import { program } from './programs.ts';
import { comparisonTable, verdictTable } from './report/comparison.ts';
import { machine } from './report/machine.ts';
import { writeSection } from './report/section.ts';
import { coresText } from './report/sizing.ts';
import { during } from './lifetime.ts';
import { openNetwork } from './stage/network.ts';
import { clearbox, peer, type Subject } from './stage/subjects.ts';
import type { Summary } from './summary.ts';

function subjectsOf({ nodes, workers }: Options): Subject[] {
  const newest = nodes.at(-1);
  return [
    peer(),
    ...nodes.map(({ path, version }) => clearbox(path, version)),
    ...(workers > 1 && newest !== undefined ? [clearbox(newest.path, newest.version, workers)] : []),
  ];
}

const options = readOptions(process.argv.slice(2));
const programs = {
  nginx: program('nginx'),
  blackbox_exporter: program('blackbox_exporter'),
  wrk: program('wrk'),
};
const { description } = await during((lifetime) => openNetwork(lifetime, 0));
const setting = `${machine(description, programs)} 32 probes in flight, ${options.rounds} rounds of ${options.seconds} s.`;
process.stdout.write(`${setting}\n\n`);
const subjects = subjectsOf(options);
const summaries: Summary[] = [];
for (const one of chosen(cases, options.only)) {
  try {
    const ofCase = await compare(one, subjects, options);
    process.stdout.write(`${comparisonTable(ofCase)}\n`);
    summaries.push(...ofCase);
  } catch (error) {
    // Without root an exporter may not ping, for one; the other cases are worth their while.
    process.stdout.write(`${one.name}: not measured. ${String(error)}\n\n`);
    process.exitCode = 1;
  }
}
const goals = verdictTable(judge(summaries));
const cores = coresText(summaries);
process.stdout.write(`${goals}\n${cores}`);
if (options.write) {
  writeSection('bench/RESULTS.md', 'comparison', `${setting}\n\n${goals}\n${comparisonTable(summaries)}`);
  writeSection('docs/scaling.md', 'sizing', cores);
}
