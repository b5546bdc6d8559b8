// npm run bench:resolver: what names that nobody answers do to the probes of others, by the exporter's own resolver and
// by that of the system. Needs Linux and root: it runs in a network of its own with an /etc/resolv.conf of its own.
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
import { measure, type Measured } from './resolver/measure.ts';
import { median, medianRatio } from './statistics.ts';

const deadNames = 500;
/** Seconds. */
const warmUp = 4;

/** `c-ares` looks names up as modules do without a word, `system` by getaddrinfo. */
const modules = [{ name: 'c-ares' }, { name: 'system' }] as const;

const config = `modules:
  c-ares: {prober: tcp, timeout: 5s}
  system: {prober: tcp, timeout: 5s, resolver: {system: true}}
`;

function row(name: string, dead: number, rounds: readonly Measured[], without: readonly Measured[]): string[] {
  const ms = (read: (measured: Measured) => number): string => median(rounds.map(read)).toFixed(2);
  const ratio = (read: (measured: Measured) => number): string =>
    medianRatio(rounds.map(read), without.map(read)).toFixed(2);
  return [
    name,
    String(dead),
    String(rounds.reduce((sum, { probes }) => sum + probes, 0)),
    String(rounds.reduce((sum, { failed }) => sum + failed, 0)),
    median(rounds.map(({ cpu }) => cpu)).toFixed(0),
    ms(({ lookup }) => lookup.p50),
    ms(({ lookup }) => lookup.p99),
    ms(({ scrape }) => scrape.p50),
    ms(({ scrape }) => scrape.p99),
    ratio(({ lookup }) => lookup.p99),
    ratio(({ scrape }) => scrape.p99),
  ];
}

const head = [
  'resolver',
  'dead',
  'probes',
  'failed',
  'CPU us',
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
    const measured = new Map<string, Measured[]>();
    for (const module of names) {
      const flags = ['--log.prober=none', `--probe.max-in-flight=${2 * deadNames}`];
      const { url } = await startExporter(lifetime, { config, flags, node: path });
      await measure(url, module, 0, warmUp, port);
      const pairs = Array.from({ length: rounds }, () => [0, deadNames]).flat();
      // The system's threads are not free again when the probes have gone.
      for (const dead of module === 'system' ? pairs.toSorted((one, other) => one - other) : pairs) {
        const key = `${module} ${dead}`;
        measured.set(key, [...(measured.get(key) ?? []), await measure(url, module, dead, seconds, port)]);
      }
    }
    const of = (module: string, dead: number): Measured[] => measured.get(`${module} ${dead}`) ?? [];
    const rows = names.flatMap((module) =>
      [0, deadNames].map((dead) => row(module, dead, of(module, dead), of(module, 0))),
    );
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
