// A process of its own: makes bare exchanges, so many at once, and tells what CPU time each took.
import { exchanges } from './exchanges.ts';

const [name = '', host = '', port, atOnce, seconds] = process.argv.slice(2);
const exchange = exchanges[name];
if (exchange === undefined) throw new Error(`There is no bare exchange ${name}`);

/** Gives how many there were. */
async function repeat(seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const worker = async (): Promise<void> => {
    for (; performance.now() < end; count += 1) await exchange?.(host, Number(port));
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, worker));
  return count;
}

await repeat(Number(seconds)); // To warm up.
const before = process.cpuUsage();
const count = await repeat(Number(seconds));
const { user, system } = process.cpuUsage(before);
process.stdout.write(`us=${(user + system) / count}\n`);
