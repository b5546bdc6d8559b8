// Run with --expose-gc and without node:test, whose hooks leave more behind: tells how many bytes the probe of a tcp
// target (the only argument) leaves to a full collection, on each line of one round.
import { setImmediate as turn } from 'node:timers/promises';
import { loadModules } from '../../src/config/modules.ts';
import { ProbeHistory } from '../../src/probe/history.ts';
import { runProbe } from '../../src/probe/run.ts';
import { probers } from '../../src/probers/index.ts';

const [target = ''] = process.argv.slice(2);
const collect = globalThis.gc as (options?: { type: 'minor' }) => void;
const module = loadModules('modules:\n  a: {prober: tcp, timeout: 5s}\n', 'a.yml', probers).modules.get('a');
const history = new ProbeHistory({ limit: 10 });
const probes = 500;

async function run(): Promise<void> {
  if (module === undefined) throw new Error('There is no module');
  for (let count = 0; count < probes; count++) {
    const result = await runProbe({ module, target, hostname: undefined, timeout: 5 });
    if (result.failure !== undefined) throw result.failure;
    history.add(result);
    await turn(); // What ended is let go by the runtime.
  }
}

/** The second quick collection takes away what the first had to leave. */
function collectQuickly(): number {
  for (let count = 0; count < 2; count++) collect({ type: 'minor' });
  return process.memoryUsage().heapUsed;
}

await run();
collect();
for (let round = 0; round < 3; round++) {
  const before = collectQuickly();
  await run();
  process.stdout.write(`${(collectQuickly() - before) / probes}\n`);
}
