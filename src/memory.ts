import { setFlagsFromString } from 'node:v8';
import { returnFreeMemory } from './kernel/free-memory.ts';

/** How much the heap may grow before it is collected, in percent of what was alive at the last time. */
const growthBeforeCollection = 100;

/** Milliseconds between two looks for memory to return. */
const returnInterval = 10_000;

/**
 * Keeps the process as small as its work allows. Left alone, V8 lets the heap grow to four times of what is alive
 * where the machine has memory, and the C library keeps what the compilers of V8 needed for a moment.
 */
export function keepMemoryLow(): void {
  setFlagsFromString(`--heap-growing-percent=${growthBeforeCollection}`);
  if (returnFreeMemory()) setInterval(returnFreeMemory, returnInterval).unref();
}
