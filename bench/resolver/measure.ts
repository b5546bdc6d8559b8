import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { startChild } from '../../test/support/child.ts';
import { during } from '../lifetime.ts';
import { type Scrape, Scraper } from './scrapes.ts';

/** How long a probe waits for a name that nobody answers, in milliseconds: the timeout of the modules. */
export const patience = 5000;

/** How many healthy names are probed a second. */
export const rate = 250;

/** Which names are probed, by which module of the exporter at `url`. */
export interface Load {
  readonly url: string;
  readonly module: string;
  /** Where all of them listen. */
  readonly port: string;
  /** How many names that nobody answers are being probed all the while. */
  readonly dead: number;
}

/** What became of healthy names. */
export interface Measured {
  readonly probes: number;
  readonly failed: number;
  /** Of the exporter, in percent of a core. */
  readonly cpu: number;
  readonly lookup: Percentiles;
  readonly scrape: Percentiles;
}

/** In milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Probes healthy names for so many seconds. */
export async function measure(load: Load, seconds: number): Promise<Measured> {
  const { url, module, port, dead } = load;
  const measured = await during(async (lifetime) => {
    if (dead > 0) {
      const program = fileURLToPath(new URL('dead.js', import.meta.url));
      const words = [url, module, port, String(dead), String(patience)];
      await startChild(lifetime, process.execPath, [program, ...words]).waitFor(/all in flight/);
    }
    const before = await reading(url, 'process_cpu_seconds_total');
    const scrapes = await probeAtRate(load, seconds);
    const cpu = (await reading(url, 'process_cpu_seconds_total')) - before;
    return {
      probes: scrapes.length,
      failed: scrapes.filter(({ success }) => !success).length,
      cpu: (cpu / seconds) * 100,
      lookup: percentiles(scrapes.map(({ lookup }) => lookup)),
      scrape: percentiles(scrapes.map(({ total }) => total)),
    };
  });
  while ((await reading(url, 'clearbox_probes_in_flight')) > 0) await wait(10);
  return measured;
}

/** One probe after the other, at moments that are set before, whether or not those before have ended. */
async function probeAtRate({ url, module, port }: Load, seconds: number): Promise<Scrape[]> {
  const scraper = new Scraper(url);
  const scrapes: Promise<Scrape>[] = [];
  const start = performance.now();
  for (let count = 0; count < rate * seconds; count++) {
    const due = start + (count * 1000) / rate;
    for (let left = due - performance.now(); left > 0; left = due - performance.now()) await wait(Math.ceil(left));
    scrapes.push(scraper.scrape(module, `good${count}.test:${port}`, due));
  }
  const ended = await Promise.all(scrapes);
  scraper.leave();
  return ended;
}

async function reading(url: string, family: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${family} (\\S+)$`, 'm').exec(text)?.[1]);
}
