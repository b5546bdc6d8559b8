// Sweeps local domains, a quarter of them dead, slow or broken, and tells whether every verdict is right, how many
// sockets there were, and how much memory it took. With root it does so in a network namespace of its own.
//   npm run bench:sweep [-- DOMAINS [CONCURRENCY]]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ndjson } from '../src/sweep/row-format.ts';
import { readLines } from '../src/sweep/lines.ts';
import type { Row } from '../src/sweep/row.ts';
import { runChild } from '../test/support/child.ts';
import { nodeFlags } from '../test/support/exporter.ts';
import { findProgram } from '../test/support/peers-available.ts';
import type { Lifetime } from '../test/support/servers.ts';
import { sweepScene, wrongVerdicts } from '../test/support/sweep-scene.ts';
import { temporaryFile, temporaryFolder } from '../test/support/temporary-files.ts';
import { during } from './lifetime.ts';
import { memoryOf } from './measure/process-tree.ts';

const insideMark = 'CLEARBOX_SWEEP_NAMESPACE';
const self = fileURLToPath(import.meta.url);
const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
const sampleInterval = 20;

interface Facts {
  readonly status: number | null;
  readonly seconds: number;
  /** The most at once, as the kernel had them at the samples. */
  readonly sockets: number;
  /** Bytes. */
  readonly memory: number;
  readonly said: string;
}

async function measure(lifetime: Lifetime, count: number, concurrency: number): Promise<boolean> {
  const scene = await sweepScene(lifetime, count, '5s');
  const config = temporaryFile('sweep.yml', scene.config);
  const list = temporaryFile('domains.txt', scene.list);
  const output = `${temporaryFolder()}/results.ndjson`;
  const flags = [`--config.file=${config}`, '--module=swept', `--concurrency=${concurrency}`, `--output=${output}`];
  const facts = await run([...flags, list]);
  const waiting = timeWait();
  const rows: Row[] = [];
  for await (const { text } of readLines(createReadStream(output))) rows.push(ndjson.read(text));
  const wrong = wrongVerdicts(scene, rows);
  process.stdout.write(`${facts.said}
${count} domains, ${concurrency} at once, Node ${process.versions.node}: ${facts.seconds.toFixed(1)} s, ${Math.round(count / facts.seconds)}/s
verdicts: ${rows.length - wrong.length} of ${count} right
most sockets of the process at once: ${facts.sockets} (the kernel's, every ${sampleInterval} ms)
most memory: ${Math.round(facts.memory / 2 ** 20)} MiB
sockets in TIME_WAIT afterwards, on both sides: ${waiting}
`);
  for (const line of wrong.slice(0, 20)) process.stdout.write(`wrong: ${line}\n`);
  return facts.status === 0 && wrong.length === 0;
}

async function run(args: readonly string[]): Promise<Facts> {
  const started = performance.now();
  const child = spawn(process.execPath, [...nodeFlags, main, 'sweep', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  let sockets = 0;
  let memory = 0;
  const timer = setInterval(() => {
    sockets = Math.max(sockets, socketsOf(child.pid ?? 0));
    memory = Math.max(memory, peakOf(child.pid ?? 0));
  }, sampleInterval);
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  return { status, seconds: (performance.now() - started) / 1000, sockets, memory, said };
}

function socketsOf(pid: number): number {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((descriptor) => linkOf(`/proc/${pid}/fd/${descriptor}`));
    return links.filter((link) => link.startsWith('socket:')).length;
  } catch {
    return 0; // It has ended.
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // Closed meanwhile.
  }
}

function peakOf(pid: number): number {
  try {
    return memoryOf(readFileSync(`/proc/${pid}/status`, 'utf8')).peak;
  } catch {
    return 0;
  }
}

/** Those of the network namespace (proc_net(5)). */
function timeWait(): number {
  return Number(/^TCP: .* tw (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'utf8'))?.[1] ?? Number.NaN);
}

/** Runs this program once more in a network namespace of its own; undefined where that is not allowed. */
async function runInNamespace(args: readonly string[]): Promise<number | undefined> {
  const ip = findProgram('ip');
  if (ip === undefined || process.getuid?.() !== 0) return undefined;
  const name = `clearbox-sweep-${process.pid}`;
  if ((await runChild(ip, ['netns', 'add', name])).status !== 0) return undefined;
  try {
    await runChild(ip, ['-n', name, 'link', 'set', 'lo', 'up']);
    const inside = spawn(ip, ['netns', 'exec', name, process.execPath, self, ...args], {
      stdio: 'inherit',
      env: { ...process.env, [insideMark]: name },
    });
    const [status] = (await once(inside, 'close')) as [number | null];
    return status ?? 1;
  } finally {
    await runChild(ip, ['netns', 'del', name]);
  }
}

function wholeNumber(name: string | undefined, text: string): number {
  if (name !== undefined && /^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(
    `${text}: expected ${name === undefined ? 'no more than two numbers' : `${name}, a whole number above 0`}`,
  );
}

const args = process.argv.slice(2);
const [count = 10_000, concurrency = 256] = args.map((text, index) =>
  wholeNumber(['DOMAINS', 'CONCURRENCY'][index], text),
);
const status = process.env[insideMark] === undefined ? await runInNamespace(args) : undefined;
process.exitCode = status ?? ((await during((lifetime) => measure(lifetime, count, concurrency))) ? 0 : 1);
