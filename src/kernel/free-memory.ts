import { libc } from './libc.ts';

/**
 * Gives memory that the C library holds, but nobody uses, back to the system (malloc_trim(3)). Takes a millisecond.
 * Gives false where that is not possible, as with musl.
 */
export function returnFreeMemory(): boolean {
  const mallocTrim = libc()?.mallocTrim;
  if (mallocTrim === undefined) return false;
  mallocTrim(0);
  return true;
}
