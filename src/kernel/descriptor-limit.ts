import { readFileSync } from 'node:fs';

/**
 * How many descriptors this process may have open (RLIMIT_NOFILE, which Node.js raises to its hard limit when it starts).
 * Undefined on other systems than Linux; Infinity without a limit.
 */
export function descriptorLimit(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return parseLimits(readFileSync('/proc/self/limits', 'utf8'));
}

/** The soft limit of open files in the text of /proc/PID/limits (proc(5)). */
export function parseLimits(text: string): number | undefined {
  const soft = /^Max open files\s+(\d+|unlimited)\s/m.exec(text)?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Infinity : Number(soft);
}
