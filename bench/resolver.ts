// npm run bench:resolver: what names that nobody answers do to the probes of others, by the exporter's own resolver and
// by that of the system. Healthy names are probed at a fixed rate, as a Prometheus does, whether or not the probes before
// have ended, and each is timed from the moment when it was due: so the figures tell how long probes wait for each other,
// not which share of the CPU they get. The same without others twice a round tells how much two measurements differ by
// chance. Needs Linux and root: it runs in a network of its own with an /etc/resolv.conf of its own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startChild } from '../test/support/child.ts';
import { startExporter } from '../test/support/exporter.ts';
import { temporaryFile } from '../test/support/temporary-files.ts';
import { during } from './lifetime.ts';
import { chosen, readOptions } from './options.ts';
import { machine } from './report/machine.ts';
import { writeSection } from './report/section.ts';
import { table } from './report/table.ts';
import { measure, type Measured, patience, rate } from './resolver/measure.ts';
import { median, medianRatio } from './statistics.ts';

const deadNames = 500;
/** Seconds. */
const warmUp = 4;
/** With getaddrinfo nothing ends before its timeout. */
const mostInFlight = 2 * (deadNames + rate * (patience / 1000));

/** `c-ares` looks names up as modules do without a word, `system` by getaddrinfo. */
const modules = [{ name: 'c-ares' }, { name: 'system' }] as const;

const config = `modules:
  c-ares: {prober: tcp, timeout: 5s}
  system: {prober: tcp, timeout: 5s, resolver: {system: true}}
`;

/** What each round measures: the second is what the others are compared with. */
const setups = ['control', 'alone', 'beside 500 dead'] as const;
type Setup = (typeof setups)[number];
type Rounds = Readonly<Record<Setup, Measured[]>>;

function row(name: string, setup: Setup, rounds: Rounds): string[] {
  const all = rounds[setup];
  const ms = (read: (measured: Measured) => number): string => median(all.map(read)).toFixed(2);
  const moved = (read: (measured: Measured) => number): string =>
    medianRatio(all.map(read), rounds.alone.map(read)).toFixed(2);
  return [
    name,
    setup,
    String(all.reduce((sum, { probes }) => sum + probes, 0)),
    String(all.reduce((sum, { failed }) => sum + failed, 0)),
    median(all.map(({ cpu }) => cpu)).toFixed(1),
    ms(({ lookup }) => lookup.p50),
    ms(({ lookup }) => lookup.p99),
    ms(({ scrape }) => scrape.p50),
    ms(({ scrape }) => scrape.p99),
    moved(({ lookup }) => lookup.p99),
    moved(({ scrape }) => scrape.p99),
  ];
}

const head = [
  'resolver',
  'names',
  'probes',
  'failed',
  'CPU %',
  'lookup p50',
  'p99',
  'scrape p50',
  'p99',
  'lookup p99 moved',
  'scrape p99 moved',
];

async function run(): Promise<void> {
  const { rounds, seconds, nodes, only, write } = readOptions(process.argv.slice(2));
  const names = chosen(modules, only).map(({ name }) => name);
  const path = nodes.at(-1)?.path ?? process.execPath;
  const place = machine('the loopback interface of a namespace', { node: path });
  const setting = `${place} ${rounds} rounds of ${seconds} s.`;
  process.stdout.write(`${setting}\n\n`);
  await during(async (lifetime) => {
    const answers = startChild(lifetime, path, [fileURLToPath(new URL('resolver/answers.js', import.meta.url))]);
    const [, port = ''] = await answers.waitFor(/tcp on (\d+)/);
    const rows: string[][] = [];
    for (const module of names) {
      const flags = ['--log.prober=none', `--probe.max-in-flight=${mostInFlight}`];
      const { url } = await startExporter(lifetime, { config, flags, node: path });
      const load = { url, module, port, dead: 0 };
      await measure(load, warmUp);
      const measured: Rounds = { control: [], alone: [], 'beside 500 dead': [] };
      // What came before may matter: every other round goes the other way.
      const plan = Array.from({ length: rounds }, (_, round) =>
        round % 2 === 0 ? setups : setups.toReversed(),
      ).flat();
      // The system's threads are not free again when the probes have gone.
      if (module === 'system') plan.sort((one, other) => setups.indexOf(one) - setups.indexOf(other));
      for (const setup of plan) {
        const dead = setup === 'beside 500 dead' ? deadNames : 0;
        measured[setup].push(await measure({ ...load, dead }, seconds));
      }
      rows.push(...setups.map((setup) => row(module, setup, measured)));
    }
    const result = table(head, rows);
    process.stdout.write(result);
    if (write) writeSection('bench/RESULTS.md', 'resolver', `${setting}\n\n${result}`);
  });
}

/** Runs this program again in namespaces where it may listen on port 53, and where the system asks there. */
function runInside(): number {
  const conf = temporaryFile('resolv.conf', 'nameserver 127.0.0.1\noptions timeout:5 attempts:1\n');
  const script = 'mount --bind "$0" /etc/resolv.conf && ip link set lo up && shift && exec "$@"';
  const command = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const { status } = spawnSync('unshare', ['--mount', '--net', 'sh', '-c', script, conf, '-', ...command], {
    stdio: 'inherit',
    env: { ...process.env, CLEARBOX_BENCH_INSIDE: '1' },
  });
  return status ?? 1;
}

if (process.env['CLEARBOX_BENCH_INSIDE'] === '1') await run();
else process.exitCode = runInside();
