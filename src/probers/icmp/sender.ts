import { PingError } from '../../kernel/ping-error.ts';
import { openPing } from '../../kernel/ping-exchange.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { openFailure, refusalFailure, sendFailure } from './failures.ts';
import type { IcmpOptions } from './options.ts';
import type { Sender } from './series.ts';

/** Makes ready to ping an address, from a local one where it is given. Throws ProbeFailure in phase `connect`. */
export function openSender(target: string, source: string | undefined, options: IcmpOptions): Sender {
  const address = unmapped(target);
  const from = source === undefined ? undefined : unmapped(source);
  const family = familyOf(address);
  if (from !== undefined && familyOf(from) !== family) {
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

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** An IPv4 address that is written as an IPv6 one (RFC 4291, section 2.5.5.2) is reached by IPv4. */
function unmapped(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}
