import { networkInterfaces } from 'node:os';
import { errorCode } from './error-reason.ts';
import { ProbeFailure } from './failure.ts';
import type { ResolvedAddress } from './resolve.ts';

/** Throws ProbeFailure when the local address to start from is of another IP version than the address to go to. */
export function checkSource(source: string | undefined, { address, family }: ResolvedAddress): void {
  if (source === undefined || source.includes(':') === (family === 6)) return;
  const message = `Cannot reach ${address} from source_ip_address ${source}: that is no IPv${family} address`;
  throw new ProbeFailure('connect', 'local_address', message);
}

/**
 * A failure to connect, told as what it is where the system says no more than that there is no address to start from:
 * `source` is none of this machine, or it has no IPv6.
 */
export function blameSource(failure: ProbeFailure, source: string | undefined, family: number): ProbeFailure {
  const { message, cause } = failure;
  if (errorCode(cause) !== 'EADDRNOTAVAIL') return failure;
  if (source !== undefined) return new ProbeFailure('connect', 'local_address', message, { cause });
  if (family !== 6 || hasIpv6()) return failure;
  return new ProbeFailure('connect', 'unreachable', `${message}: this machine has no IPv6 address`, { cause });
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some((each) => each.family === 'IPv6'));
}
