// A process of its own, so that it does not disturb the one that measures: keeps probes of names that nobody answers in
// flight, as many as are asked for, and begins each anew when it has ended. It says when all are there.
import { setTimeout as wait } from 'node:timers/promises';
import { Scraper } from './scrapes.ts';

const [url = '', module = '', port = '', count = '', patience = ''] = process.argv.slice(2);
const scraper = new Scraper(url);

async function keep(index: number): Promise<never> {
  // They begin, and so end, one after the other, as those of a scraper do.
  await wait((index / Number(count)) * Number(patience));
  for (;;) await scraper.scrape(module, `dead${index}.test:${port}`);
}

for (let index = 0; index < Number(count); index++) void keep(index);
await wait(Number(patience));
process.stdout.write('all in flight\n');
