import { ProbeFailure } from '../../net/failure.ts';
import type { ResolvedAddress } from '../../net/resolve.ts';
import type { TlsOptions } from '../../net/tls.ts';
import type { ProbeContext } from '../../probe/context.ts';
import { misfit } from './message.ts';
import type { Query } from './query.ts';

/** One query on its way to the target and back. */
export interface Exchange {
  readonly context: ProbeContext;
  readonly address: ResolvedAddress;
  readonly port: number;
  /** The local address to ask from. */
  readonly source: string | undefined;
  /** Undefined when the way has no TLS. */
  readonly tls: TlsOptions | undefined;
  readonly query: Query;
  readonly id: number;
  /** To be called when the way to the target is open. */
  readonly connected: () => void;
}

/** Throws ProbeFailure when a message, or its header alone, is not the answer to the query. */
export function checkFit({ id, query }: Exchange, message: Buffer): void {
  const why = misfit(id, query.question, message);
  if (why === undefined) return;
  throw new ProbeFailure('response', 'bad_response', `The answer does not fit the query: ${why}`);
}
