import type { ClientHttp2Session } from 'node:http2';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ProbeFailure } from '../net/failure.ts';

/** What fits into every system's send buffer: a larger request may still be on its way, and hold up what is behind it. */
const surelySent = 16 * 1024;

/**
 * The failure of a request, of `sent` bytes, whose time is over. Node.js 20 takes frames that nobody may send for the end
 * of the session, and tells nobody: it says GOAWAY with an error, and sends nothing any more, which a ping shows.
 */
export async function unlessFault(
  failure: ProbeFailure,
  session: ClientHttp2Session | undefined,
  sent: number,
): Promise<ProbeFailure> {
  if (failure.reason !== 'timeout' || session === undefined || session.destroyed || sent > surelySent) return failure;
  session.ping(() => {});
  await nextTurn();
  if (session.destroyed || session.state.outboundQueueSize === 0) return failure;
  return new ProbeFailure(failure.phase, 'bad_response', 'The server sent what HTTP/2 does not allow');
}
