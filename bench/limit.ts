// npm run bench:limit: the CPU time of a probe beside that of the same exchange by bare sockets.
import { bareCosts } from './bare/costs.ts';
import { exchanges } from './bare/exchanges.ts';
import { cases } from './cases.ts';
import { during } from './lifetime.ts';
import { chosen, readOptions } from './options.ts';
import { program } from './programs.ts';
import { machine } from './report/machine.ts';
import { writeSection } from './report/section.ts';
import { table } from './report/table.ts';
import { openNetwork } from './stage/network.ts';
import { median, medianRatio } from './statistics.ts';

const options = readOptions(process.argv.slice(2));
const { description } = await during((lifetime) => openNetwork(lifetime, 0));
const setting = `${machine(description, { nginx: program('nginx') })} 32 at once, ${options.rounds} rounds of ${options.seconds} s.`;
process.stdout.write(`${setting}\n\n`);
const rows: string[][] = [];
for (const one of chosen(
  cases.filter(({ name }) => name in exchanges),
  options.only,
)) {
  for (const node of options.nodes) {
    const { exchange, scraped, probe } = await bareCosts(one, node, options);
    rows.push([
      one.name,
      node.version,
      ...[exchange, scraped, probe].map((costs) => `${median(costs).toFixed(0)} us`),
      medianRatio(probe, exchange).toFixed(2),
      medianRatio(probe, scraped).toFixed(2),
    ]);
  }
}
const report = table(
  [
    'case',
    'Node',
    'bare exchange',
    'bare exchange for a scrape',
    'probe by Clearbox',
    'times the exchange',
    'times the scraped one',
  ],
  rows,
);
process.stdout.write(report);
if (options.write) writeSection('bench/RESULTS.md', 'limit', `${setting}\n\n${report}`);
