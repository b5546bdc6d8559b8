// How far the phases that a probe reports are from the truth, beside blackbox_exporter in the same run: the target is a
// process of its own that measures what it took itself (latency-target.ts).
//   npm run build && PEER_DIR=... node dist/bench/latency.js [--seconds=1] [--rounds=2] [--write]
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { startChild } from '../test/support/child.ts';
import { startExporter, startPeer } from '../test/support/exporter.ts';
import type { Lifetime } from '../test/support/servers.ts';
import { during } from './lifetime.ts';
import { program } from './programs.ts';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '2' },
    write: { type: 'boolean', default: false },
  },
});
const seconds = Number(flags.seconds);
const rounds = Number(flags.rounds);
const inFlight = [1, 32, 256];
const document = fileURLToPath(new URL('../../docs/latency.md', import.meta.url));

const config = JSON.stringify({
  modules: {
    http: { prober: 'http', http: { preferred_ip_protocol: 'ip4' } },
    tcp: { prober: 'tcp', tcp: { preferred_ip_protocol: 'ip4' } },
  },
});

/** What is compared: a phase of a prober, at a target that takes so many milliseconds to answer. */
interface Case {
  readonly module: 'http' | 'tcp';
  readonly delay: number;
  readonly measures: readonly Measure[];
}

interface Measure {
  readonly title: string;
  readonly series: Readonly<Record<Side, RegExp>>;
  /** Whether the target took its time in this phase; a connection its kernel accepts at once. */
  readonly served: boolean;
}

type Side = 'blackbox_exporter' | 'Clearbox';
const sides: readonly Side[] = ['blackbox_exporter', 'Clearbox'];

const connect = /^probe_http_duration_seconds\{phase="connect"\} (\S+)$/m;
const firstByte = /^probe_http_duration_seconds\{phase="processing"\} (\S+)$/m;
const duration = /^probe_duration_seconds (\S+)$/m;
const tcpConnect = /^probe_tcp_duration_seconds\{phase="connect"\} (\S+)$/m;

function both(series: RegExp): Readonly<Record<Side, RegExp>> {
  return { blackbox_exporter: series, Clearbox: series };
}

const cases: readonly Case[] = [
  {
    module: 'http',
    delay: 20,
    measures: [
      { title: 'http, first byte after 20 ms', series: both(firstByte), served: true },
      { title: 'http, connect', series: both(connect), served: false },
    ],
  },
  {
    module: 'http',
    delay: 1,
    measures: [{ title: 'http, first byte after 1 ms', series: both(firstByte), served: true }],
  },
  {
    module: 'tcp',
    delay: 0,
    // The peer's probe of a port without a dialogue is its connect, and it has no series of its own for that.
    measures: [{ title: 'tcp, connect', series: { blackbox_exporter: duration, Clearbox: tcpConnect }, served: false }],
  },
];

/** Errors in seconds, by measure, side and probes in flight. */
const errors = new Map<string, number[]>();

function errorsOf(measure: Measure, side: Side, inFlight: number): number[] {
  const key = `${measure.title} ${side} ${inFlight}`;
  const list = errors.get(key) ?? [];
  errors.set(key, list);
  return list;
}

async function main(lifetime: Lifetime): Promise<void> {
  const target = startChild(lifetime, process.execPath, [fileURLToPath(new URL('latency-target.js', import.meta.url))]);
  const [, port] = await target.waitFor(/listening on (\d+)/);
  const address = `127.0.0.1:${port}`;
  const peer = await startPeer(lifetime, program('blackbox_exporter'), { config, flags: ['--log.prober=error'] });
  const own = await startExporter(lifetime, { config, flags: ['--log.prober=none'] });
  const urls: Readonly<Record<Side, string>> = { blackbox_exporter: peer.url, Clearbox: own.url };
  const round = async (side: Side, one: Case, probes: number, seconds: number): Promise<void> =>
    await measureRound({ side, url: urls[side], address, one, probes, seconds });
  for (const side of sides) for (const one of cases) await round(side, one, 32, 0.3);
  errors.clear();
  for (let count = 0; count < rounds; count++) {
    for (const one of cases) {
      for (const probes of inFlight) for (const side of sides) await round(side, one, probes, seconds);
    }
  }
  const text = table();
  process.stdout.write(text);
  if (flags.write) writeTable(text);
}

interface Round {
  readonly side: Side;
  readonly url: string;
  /** Of the target. */
  readonly address: string;
  readonly one: Case;
  readonly probes: number;
  readonly seconds: number;
}

let nextId = 0;

/** Keeps so many probes in flight, and compares what they report with what the target took. */
async function measureRound({ side, url, address, one, probes, seconds }: Round): Promise<void> {
  const answers = new Map<string, string>();
  const pool = new Pool(url, { connections: probes, pipelining: 1 });
  const end = performance.now() + seconds * 1000;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const id = String((nextId += 1));
      const target = one.module === 'tcp' ? address : `http://${address}/${one.delay}/${id}`;
      const query = new URLSearchParams({ module: one.module, target }).toString();
      const { body } = await pool.request({ method: 'GET', path: `/probe?${query}` });
      answers.set(id, await body.text());
    }
  };
  await Promise.all(Array.from({ length: probes }, worker));
  await pool.close();
  const response = await fetch(`http://${address}/times`);
  const times = new Map((await response.json()) as [string, number][]);
  for (const [id, answer] of answers) {
    if (!/^probe_success 1$/m.test(answer)) throw new Error(`${side}: a probe failed:\n${answer}`);
    for (const measure of one.measures) {
      const reported = Number(measure.series[side].exec(answer)?.[1]);
      const truth = measure.served ? times.get(id) : 0;
      if (truth === undefined || Number.isNaN(reported)) throw new Error(`Nothing is known of probe ${id}:\n${answer}`);
      errorsOf(measure, side, probes).push(Math.abs(reported - truth));
    }
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function table(): string {
  let text = `| error of | in flight | ${sides.join(' p50 / p99 | ')} p50 / p99 | probes |\n|---|---|---|---|---|\n`;
  for (const measure of cases.flatMap(({ measures }) => measures)) {
    for (const probes of inFlight) {
      const lists = sides.map((side) => errorsOf(measure, side, probes));
      const cells = lists.map((list) => [0.5, 0.99].map((q) => milliseconds(quantile(list, q))).join(' / '));
      const counts = lists.map(({ length }) => length).join(' / ');
      text += `| ${measure.title} | ${probes} | ${cells.join(' | ')} | ${counts} |\n`;
    }
  }
  return text;
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toPrecision(2)} ms`;
}

/** Puts the table between the two marks of the document. */
function writeTable(text: string): void {
  const machine = `Node.js ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} cores`;
  const run = `\`node dist/bench/latency.js --seconds=${seconds} --rounds=${rounds}\`, ${machine}:\n\n`;
  const page = readFileSync(document, 'utf8');
  const written = page.replace(/(<!-- table -->\n)[^]*(<!-- end of the table -->)/, `$1\n${run}${text}\n$2`);
  writeFileSync(document, written);
}

await during(main);
