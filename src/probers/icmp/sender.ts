import { ipBytes } from '../../kernel/ip-bytes.ts';
import { PingError } from '../../kernel/ping-error.ts';
import { openPing } from '../../kernel/ping-exchange.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { ResolvedAddress } from '../../net/resolve.ts';
import { openFailure, refusalFailure, sendFailure } from './failures.ts';
import type { IcmpOptions } from './options.ts';
import type { Sender } from './series.ts';

/** Makes ready to ping an address, from a local one where it is given. Throws ProbeFailure in phase `connect`. */
export function openSender(
  { address, family }: ResolvedAddress,
  source: string | undefined,
  options: IcmpOptions,
): Sender {
  const from = source === undefined ? undefined : unmapped(source);
  if (from !== undefined && from.includes(':') !== (family === 6)) {
    const message = `Cannot ping ${address} from ${from}: that is no IPv${family} address`;
    throw new ProbeFailure('connect', 'local_address', message);
  }
  const { payload, dontFragment, ttl: hopLimit } = options;
  const request = { address, hopLimit, dontFragment, payload };
  const ping = failing(
    () => openPing(family, from),
    (error) => openFailure(error, family, from),
  );
  const send = (): ReturnType<typeof ping> =>
    failing(
      () => ping(request),
      (error) => sendFailure(error, address),
    );
  return { send, failureOf: (refusal) => refusalFailure(refusal, address, family) };
}

/** Throws what `failure` makes of a PingError. */
function failing<Result>(action: () => Result, failure: (error: PingError) => ProbeFailure): Result {
  try {
    return action();
  } catch (error) {
    throw error instanceof PingError ? failure(error) : error;
  }
}

/** An IPv4 address that is written within IPv6 (RFC 4291, section 2.5.5.2) is one of IPv4. */
function unmapped(address: string): string {
  const bytes = ipBytes(address);
  const mapped = bytes?.every((byte, index) => index >= 12 || byte === (index < 10 ? 0 : 0xff));
  return mapped === true && bytes !== undefined ? bytes.slice(12).join('.') : address;
}
