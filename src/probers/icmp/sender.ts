import { PingError } from '../../kernel/ping-error.ts';
import { openPing } from '../../kernel/ping-exchange.ts';
import type { ProbeFailure } from '../../net/failure.ts';
import type { ResolvedAddress } from '../../net/resolve.ts';
import { checkSource } from '../../net/source.ts';
import { openFailure, refusalFailure, sendFailure } from './failures.ts';
import type { IcmpOptions } from './options.ts';
import type { Sender } from './series.ts';

/** Makes ready to ping an address, from a local one where it is given. Throws ProbeFailure in phase `connect`. */
export function openSender(to: ResolvedAddress, source: string | undefined, options: IcmpOptions): Sender {
  checkSource(source, to);
  const { address, family } = to;
  const { payload, dontFragment, ttl: hopLimit } = options;
  const request = { address, hopLimit, dontFragment, payload };
  const ping = failing(
    () => openPing(family, source),
    (error) => openFailure(error, family, source),
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
