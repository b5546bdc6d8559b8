import { readFileSync, readdirSync } from 'node:fs';

/** What a process and its descendants have used so far. */
export interface Usage {
  /** User and system time, in microseconds. */
  readonly cpu: number;
  /** Resident memory of all processes together, in bytes. */
  readonly memory: number;
  /** The largest of them, in bytes. */
  readonly largest: number;
  /** The most that any one of them ever had, in bytes. */
  readonly peak: number;
}

/** The kernel's USER_HZ, which is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** Reads `/proc`. Throws when the process has gone. */
export function usageOf(pid: number): Usage {
  const processes = [pid, ...descendantsOf(pid)].map((process) => ({
    cpu: cpuOf(readFileSync(`/proc/${process}/stat`, 'utf8')),
    ...memoryOf(readFileSync(`/proc/${process}/status`, 'utf8')),
  }));
  return {
    cpu: processes.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: processes.reduce((sum, { memory }) => sum + memory, 0),
    largest: Math.max(...processes.map(({ memory }) => memory)),
    peak: Math.max(...processes.map(({ peak }) => peak)),
  };
}

/** From a line of `/proc/PID/stat` (proc_pid_stat(5)): utime and stime, in microseconds. */
export function cpuOf(stat: string): number {
  const fields = afterName(stat);
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond;
}

/** From `/proc/PID/status`: VmRSS and VmHWM, in bytes. */
export function memoryOf(status: string): { readonly memory: number; readonly peak: number } {
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { memory: bytes('VmRSS'), peak: bytes('VmHWM') };
}

function descendantsOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(afterName(readFileSync(`/proc/${name}/stat`, 'utf8'))[1]));
    } catch {
      continue; // It has ended meanwhile.
    }
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || isBelow(parents.get(pid)));
  return [...parents.keys()].filter((pid) => pid !== root && isBelow(pid));
}

/** The fields behind the command's name, which may have blanks and parentheses itself; the first is the state. */
function afterName(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
