import { type ConnectionTuple, lookupSocket, socketsTo } from '../kernel/sock-diag.ts';
import type { TcpInfo } from '../kernel/tcp-info.ts';
import type { StateCounts, TcpState } from '../kernel/tcp-states.ts';
import type { TcpEndpoint } from './endpoint.ts';
import type { ProbeSocket } from './probe-socket.ts';

/** What the kernel tells of a TCP connection that was closed. */
export interface TcpFacts {
  /** As it was just before the close. */
  readonly info: TcpInfo | undefined;
  /** Whether the connection was ever established. */
  readonly established: boolean;
  /** Whether the other end reset it, which the runtime takes for an end when it comes right behind data. */
  readonly reset: boolean;
  /** The socket's state after the close; `closed` when it is gone; undefined when the kernel cannot be asked. */
  readonly closedState: TcpState | 'closed' | undefined;
  /** How many sockets there are towards the same address and port, by state. */
  readonly sockets: StateCounts | undefined;
}

/** The near end of a connection. */
export interface LocalEnd {
  readonly address: string;
  readonly port: number;
}

/** Asks the kernel for a connection just closed; `local` is undefined when it was never established. */
export function tcpFacts(
  remote: TcpEndpoint,
  local: LocalEnd | undefined,
  { info, bytesRead }: Pick<ProbeSocket, 'info' | 'bytesRead'>,
): TcpFacts {
  const tuple = local && {
    localAddress: local.address,
    localPort: local.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
  };
  const closedState = stateAfterClose(tuple, info);
  const sockets = socketsTowards(remote, tuple, closedState);
  const established = local !== undefined;
  const over = established && info?.state === 'close';
  // Of a connection that is over before its close the kernel keeps no state that would tell whether an end came before
  // the reset, but it has counted that as a byte, which nobody could read.
  const ended = over && info.receivedBytes === bytesRead + 1;
  return {
    info: ended ? { ...info, receivedBytes: bytesRead } : info,
    established,
    reset: over && !ended,
    closedState,
    sockets,
  };
}

function stateAfterClose(
  tuple: ConnectionTuple | undefined,
  info: TcpInfo | undefined,
): TcpState | 'closed' | undefined {
  if (tuple !== undefined) {
    const found = lookupSocket(tuple);
    return found === 'gone' ? 'closed' : found?.state;
  }
  if (info === undefined) return undefined;
  return info.state === 'syn_sent' ? 'syn_sent' : 'closed';
}

/** The shared snapshot may be older than this close: the own socket is counted by what is known of it now. */
function socketsTowards(
  { address, port }: TcpEndpoint,
  tuple: ConnectionTuple | undefined,
  own: TcpState | 'closed' | undefined,
): StateCounts | undefined {
  const towards = socketsTo(address, port);
  if (towards === undefined || tuple === undefined || own === undefined) return towards?.counts;
  return towards.countsWith(tuple, own === 'closed' ? 'gone' : own);
}
