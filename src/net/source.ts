import { errorCode } from './error-reason.ts';
import { ProbeFailure } from './failure.ts';
import type { ResolvedAddress } from './resolve.ts';

/** Throws ProbeFailure when the local address to start from is of another IP version than the address to go to. */
export function checkSource(source: string | undefined, { address, family }: ResolvedAddress): void {
  if (source === undefined || source.includes(':') === (family === 6)) return;
  const message = `Cannot reach ${address} from source_ip_address ${source}: that is no IPv${family} address`;
  throw new ProbeFailure('connect', 'local_address', message);
}

/** A failure to connect, told as one of the local address where the system says that this machine does not have it. */
export function blameSource(failure: ProbeFailure, source: string | undefined): ProbeFailure {
  if (source === undefined || errorCode(failure.cause) !== 'EADDRNOTAVAIL') return failure;
  return new ProbeFailure('connect', 'local_address', failure.message, { cause: failure.cause });
}
