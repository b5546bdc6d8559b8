import { setTimeout as wait } from 'node:timers/promises';

/** Asks again and again until the assertion in `attempt` holds; after `seconds` its last failure is thrown. */
export async function eventually<T>(attempt: () => Promise<T>, seconds = 30): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await wait(100);
  }
}
