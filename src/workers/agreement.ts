import type { Agreement } from '../server/configuration.ts';
import { ProcessEnded } from './channel.ts';
import type { WorkerPool } from './pool.ts';
import type { WorkerProcess } from './worker-process.ts';

/** How long a worker may take to read a configuration, in milliseconds. */
const patience = 5000;

/** All workers read a configuration, and take it into use only when none refuses. */
export function agreementOf(pool: WorkerPool): Agreement {
  return async (text, file) => {
    const workers = pool.started;
    const refusals = await Promise.all(workers.map((worker) => prepare(worker, text, file)));
    const reasons = new Set(refusals.filter((refusal) => refusal !== undefined));
    if (reasons.size > 0) throw new Error([...reasons].join('\n'));
    // Questions keep their order: who is late takes it into use before it does anything else.
    await Promise.allSettled(workers.map(({ channel }) => channel.ask('adopt', undefined, patience)));
  };
}

/** Why a worker refuses. One that has died does not: what takes its place gets the configuration in use then. */
async function prepare({ channel, number }: WorkerProcess, text: string, file: string): Promise<string | undefined> {
  try {
    return await channel.ask('prepare', { text, file }, patience);
  } catch (error) {
    if (error instanceof ProcessEnded) return undefined;
    return `Worker ${number}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
