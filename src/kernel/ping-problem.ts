import { PingError } from './ping-error.ts';
import { openPing } from './ping-exchange.ts';

/** Why this process cannot ping at all, and what to do about it; undefined when it can. */
export function pingProblem(): string | undefined {
  try {
    openPing(4);
    return undefined;
  } catch (error) {
    return permissionProblem(error);
  }
}

/** The same of an error of `openPing`; undefined when it is another trouble. */
export function permissionProblem(error: unknown): string | undefined {
  if (!(error instanceof PingError)) return undefined;
  if (error.code === 'ENOSYS') return `Cannot ping, which needs the optional dependency koffi: ${error.call}`;
  if (error.code !== 'EACCES' && error.code !== 'EPERM') return undefined;
  return (
    "Cannot ping: this process's group must be in the range of the sysctl net.ipv4.ping_group_range " +
    '(such as "0 2147483647"), or the process needs the capability CAP_NET_RAW'
  );
}
