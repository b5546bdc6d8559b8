import { setTimeout as wait } from 'node:timers/promises';
import { type Scrape, Scraper } from './scrapes.ts';

/** How long a probe waits for a name that nobody answers, in milliseconds: the timeout of the modules. */
const patience = 5000;

/** How many healthy names are probed at once. */
const healthyAtOnce = 8;

/** What became of healthy names. */
export interface Measured {
  readonly probes: number;
  readonly failed: number;
  /** CPU time of the exporter a healthy probe, in microseconds: that of the others counts as well. */
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

/** Probes healthy names for so many seconds, while `dead` others are in flight. */
export async function measure(
  url: string,
  module: string,
  dead: number,
  seconds: number,
  port: string,
): Promise<Measured> {
  const [healthy, others] = [new Scraper(url), new Scraper(url)];
  const end = new AbortController();
  const waitFor = async (index: number): Promise<void> => {
    // They begin, and so end, one after the other, as those of a scraper do.
    await wait((index / dead) * patience);
    while (!end.signal.aborted) await others.scrape(module, `dead${index}.test:${port}`);
  };
  const waiting = Array.from({ length: dead }, (_, index) => waitFor(index).catch(() => {}));
  if (dead > 0) await wait(patience);
  const before = await reading(url, 'process_cpu_seconds_total');
  const scrapes = await probeFor(healthy, module, seconds, port);
  const cpu = (await reading(url, 'process_cpu_seconds_total')) - before;
  end.abort();
  others.leave();
  healthy.leave();
  await Promise.all(waiting);
  while ((await reading(url, 'clearbox_probes_in_flight')) > 0);
  return {
    probes: scrapes.length,
    failed: scrapes.filter(({ success }) => !success).length,
    cpu: (cpu / scrapes.length) * 1e6,
    lookup: percentiles(scrapes.map(({ lookup }) => lookup)),
    scrape: percentiles(scrapes.map(({ total }) => total)),
  };
}

async function probeFor(scraper: Scraper, module: string, seconds: number, port: string): Promise<Scrape[]> {
  const scrapes: Scrape[] = [];
  const end = performance.now() + seconds * 1000;
  const loop = async (number: number): Promise<void> => {
    for (let count = 0; performance.now() < end; count += 1) {
      scrapes.push(await scraper.scrape(module, `good${number}-${count}.test:${port}`));
    }
  };
  await Promise.all(Array.from({ length: healthyAtOnce }, (_, number) => loop(number)));
  return scrapes;
}

async function reading(url: string, family: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${family} (\\S+)$`, 'm').exec(text)?.[1]);
}
