import { getSystemErrorName } from 'node:util';
import { decodeDump, decodeLookup, encodeDump, encodeLookup } from './inet-diag.ts';
import type { DumpSink, Endpoints, FoundSocket } from './inet-diag.ts';
import type { Libc } from './libc.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2_000_000;
const NETLINK_SOCK_DIAG = 4;
const MSG_DONTWAIT = 0x40;

/** The kernel puts at most 32 KiB into one part of a dump (net/netlink/af_netlink.c, netlink_dump). */
const receiveLength = 65_536;

/** More sockets are not listed: a list of that length holds up the event loop for about 70 ms. */
const mostSockets = 200_000;

/** The kernel of this machine cannot be asked, or gave no answer. */
export class NetlinkError extends Error {
  override readonly name: string = 'NetlinkError';
}

/** The namespace has too many sockets to list them. */
export class TooManySockets extends NetlinkError {
  override readonly name: string = 'TooManySockets';
}

/**
 * A netlink socket that asks the kernel about sockets, without waiting: it answers within the call that asks.
 * Every method throws a NetlinkError when there is no answer; the socket is of no further use then.
 */
export class NetlinkSocket {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #received = new Uint8Array(receiveLength);
  #sequence = 0;

  private constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.#fd = fd;
  }

  /** Opens one, and makes sure that the kernel has the part that answers for TCP. */
  static open(libc: Libc): NetlinkSocket {
    const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0) throw failure(libc, 'socket(NETLINK_SOCK_DIAG)');
    const socket = new NetlinkSocket(libc, fd);
    try {
      // A lookup alone would not do: without tcp_diag it fails with the error that says "no such socket".
      socket.dump({ size: 0, add: () => undefined }, 0);
    } catch (error) {
      socket.close();
      throw error;
    }
    return socket;
  }

  /** One socket by its two ends. */
  lookup(ends: Endpoints, interfaceIndex: number): FoundSocket | 'gone' {
    const sequence = this.#nextSequence();
    this.#send(encodeLookup(ends, interfaceIndex, sequence));
    for (;;) {
      const found = decodeLookup(this.#received, this.#receive(), ends, sequence);
      if (found === undefined) throw new NetlinkError('the kernel refused to look up a socket');
      if (found !== 'other') return found;
    }
  }

  /** All TCP sockets of the network namespace, or those in the states whose bits are set. */
  dump(sink: DumpSink, states?: number): void {
    const sequence = this.#nextSequence();
    this.#send(encodeDump(sequence, states));
    for (;;) {
      const progress = decodeDump(this.#received, this.#receive(), sequence, sink);
      if (progress === 'done') return;
      if (progress === 'failed') throw new NetlinkError('the kernel refused to list its sockets');
      if (sink.size > mostSockets) throw new TooManySockets(`the namespace has more than ${mostSockets} sockets`);
    }
  }

  close(): void {
    this.#libc.close(this.#fd);
  }

  #send(request: Uint8Array): void {
    const sent = this.#libc.send(this.#fd, request, request.length, MSG_DONTWAIT);
    if (sent !== request.length) throw failure(this.#libc, 'send');
  }

  #receive(): number {
    const length = this.#libc.recv(this.#fd, this.#received, this.#received.length, MSG_DONTWAIT);
    if (length <= 0) throw failure(this.#libc, 'recv');
    return length;
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }
}

function failure(libc: Libc, call: string): NetlinkError {
  return new NetlinkError(`${call} failed: ${getSystemErrorName(-libc.errno())}`);
}
