import { execFileSync } from 'node:child_process';
import os from 'node:os';

/** What a run took place on, as sentences. */
export function machine(network: string, programs: Readonly<Record<string, string>>): string {
  const cpus = os.cpus();
  const memory = (os.totalmem() / 2 ** 30).toFixed(0);
  const versions = Object.entries(programs).map(([name, path]) => `${name} ${versionOf(path)}`);
  return `${cpus.length} cores (${cpus[0]?.model ?? 'unknown'}), ${memory} GiB, ${os.type()} ${os.release()}. ${versions.join(', ')}. Network: ${network}.`;
}

/** The first version number that a program tells, on whichever stream. */
function versionOf(path: string): string {
  const output = execFileSync('sh', ['-c', '"$0" --version 2>&1 || "$0" -v 2>&1 || true', path], { encoding: 'utf8' });
  return /\d+\.\d+(?:\.\d+)?/.exec(output)?.[0] ?? 'of unknown version';
}
