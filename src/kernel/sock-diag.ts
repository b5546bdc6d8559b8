import type { Endpoints, FoundSocket } from './inet-diag.ts';
import { ipBytes, ipZone } from './ip-bytes.ts';
import { libc, libcProblem, type Libc } from './libc.ts';
import { NetlinkError, NetlinkSocket, TooManySockets } from './netlink-socket.ts';
import { SocketTable } from './socket-table.ts';
import type { StateCounts, TcpState } from './tcp-states.ts';

/** The two ends of a connection, with addresses as text. */
export interface ConnectionTuple {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** The sockets towards one remote end, as they were when the snapshot was taken. */
export interface SocketsTowards {
  readonly counts: StateCounts;
  /** The counts with one connection put into the state that it is in now, whichever it was in, if any. */
  countsWith(connection: ConnectionTuple, state: TcpState | 'gone'): StateCounts;
}

/** Milliseconds after which a kernel that could not be asked is asked again. */
const retryAfter = 10_000;

interface Snapshot {
  /** Of performance.now(). */
  readonly time: number;
  readonly table: SocketTable;
  readonly towards: Map<string, SocketsTowards>;
}

/** Why there was no answer, and the time of performance.now() from which to ask again. */
interface Refusal {
  readonly problem: string;
  readonly until: number;
}

let netlink: NetlinkSocket | undefined;
let refusal: Refusal | undefined;
let snapshot: Snapshot | undefined;
let snapshotRefusal: Refusal | undefined;

/**
 * The kernel's socket between two ends, TIME_WAIT included; 'gone' when it has none.
 * Undefined where the kernel cannot be asked, or when an address is none.
 */
export function lookupSocket(tuple: ConnectionTuple): FoundSocket | 'gone' | undefined {
  const ends = endpoints(tuple);
  if (ends === undefined) return undefined;
  return ask((socket, library) => {
    const zone = ipZone(tuple.remoteAddress) ?? ipZone(tuple.localAddress);
    return socket.lookup(ends, zone === undefined ? 0 : interfaceIndex(library, zone));
  });
}

/** The sockets of this network namespace towards a remote end, from a snapshot at most `maxAgeMs` old. */
export function socketsTo(address: string, port: number, maxAgeMs = 1000): SocketsTowards | undefined {
  const current = takeSnapshot(maxAgeMs);
  if (current === undefined) return undefined;
  const key = `${port} ${address}`;
  const known = current.towards.get(key);
  if (known !== undefined) return known;
  const bytes = ipBytes(address);
  if (bytes === undefined) return undefined;
  const found = socketsTowards(current.table, bytes, port);
  current.towards.set(key, found);
  return found;
}

/** How many TCP sockets of this network namespace are in each state, from a snapshot at most `maxAgeMs` old. */
export function socketsByState(maxAgeMs = 1000): StateCounts | undefined {
  return takeSnapshot(maxAgeMs)?.table.byState();
}

/** All TCP sockets of this network namespace, from a snapshot at most `maxAgeMs` old. */
export function allSockets(maxAgeMs = 1000): SocketTable | undefined {
  return takeSnapshot(maxAgeMs)?.table;
}

/** Why the kernel could not be asked about sockets, in one clause for a log line; undefined when it could. */
export function sockDiagProblem(): string | undefined {
  return libcProblem() ?? refusal?.problem ?? snapshotRefusal?.problem;
}

function socketsTowards(table: SocketTable, address: Uint8Array, port: number): SocketsTowards {
  const counts = table.towards(address, port);
  return {
    counts,
    countsWith(connection, state) {
      const ends = endpoints(connection);
      const before = ends && table.stateOf(ends);
      const corrected = { ...counts };
      if (before !== undefined) corrected[before] -= 1;
      if (state !== 'gone') corrected[state] += 1;
      return corrected;
    },
  };
}

function takeSnapshot(maxAgeMs: number): Snapshot | undefined {
  const time = performance.now();
  if (snapshot !== undefined && time - snapshot.time < maxAgeMs) return snapshot;
  if (snapshotRefusal !== undefined && time < snapshotRefusal.until) return undefined;
  // Room for a few more than last time spares the copies of growing.
  const table = new SocketTable(Math.ceil((snapshot?.table.size ?? 0) * 1.1));
  snapshot = ask((socket) => {
    socket.dump(table);
    snapshotRefusal = undefined;
    return { time, table, towards: new Map<string, SocketsTowards>() };
  });
  return snapshot;
}

/** Puts a question to the kernel; undefined when it cannot be asked, now or since a short while. */
function ask<Answer>(question: (socket: NetlinkSocket, library: Libc) => Answer): Answer | undefined {
  const library = libc();
  if (library === undefined) return undefined;
  if (refusal !== undefined && performance.now() < refusal.until) return undefined;
  try {
    netlink ??= NetlinkSocket.open(library);
    const answer = question(netlink, library);
    refusal = undefined;
    return answer;
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    netlink?.close();
    netlink = undefined;
    const refused = { problem: error.message, until: performance.now() + retryAfter };
    // Sockets that are too many to list can still be looked up one by one.
    if (error instanceof TooManySockets) snapshotRefusal = refused;
    else refusal = refused;
    return undefined;
  }
}

/** The ends last read: a connection is mostly asked for twice in a row. */
let lastRead: { readonly tuple: ConnectionTuple; readonly ends: Endpoints | undefined } | undefined;

function endpoints(tuple: ConnectionTuple): Endpoints | undefined {
  if (lastRead?.tuple !== tuple) lastRead = { tuple, ends: readEndpoints(tuple) };
  return lastRead.ends;
}

function readEndpoints(tuple: ConnectionTuple): Endpoints | undefined {
  const localAddress = ipBytes(tuple.localAddress);
  const remoteAddress = ipBytes(tuple.remoteAddress);
  if (localAddress === undefined || remoteAddress === undefined) return undefined;
  return { localAddress, localPort: tuple.localPort, remoteAddress, remotePort: tuple.remotePort };
}

/** A connection between link-local addresses belongs to an interface, and is found by its number only. */
function interfaceIndex(library: Libc, zone: string): number {
  return /^\d+$/.test(zone) ? Number(zone) : library.ifNameToIndex(zone);
}
