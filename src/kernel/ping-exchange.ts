import { libc, libcProblem, type Libc } from './libc.ts';
import { PingError } from './ping-error.ts';
import type { IcmpError } from './ping-packet.ts';
import type { KernelTime, ReceivedError, ReceivedReply } from './ping-received.ts';
import { addressBytes, type EchoRequest } from './ping-request.ts';
import { PingSocket } from './ping-socket.ts';

/** An echo request to send; the exchange chooses its id and its sequence number. */
export type PingRequest = Omit<EchoRequest, 'id' | 'sequence' | 'source'>;

/** A reply came. */
export interface PingReply {
  readonly kind: 'reply';
  /** The round trip time, in seconds. */
  readonly rtt: number;
  /** The TTL, or hop limit, that the reply had left. */
  readonly hopLimit: number | undefined;
}

/** Somebody on the way, or the target, could not deliver the request. */
export interface PingRefusal extends IcmpError {
  readonly kind: 'refusal';
  /** Who said so: 4 or 16 bytes. */
  readonly sender: Uint8Array;
}

/** A ping under way. */
export interface Ping {
  readonly sequence: number;
  /** What came of it; undefined when it was abandoned. */
  readonly answer: Promise<PingReply | PingRefusal | undefined>;
  /** Stops waiting. An answer that is there already still counts. */
  abandon(): void;
}

interface Pending {
  readonly id: number;
  readonly payload: Uint8Array;
  /** Where the request went: 4 or 16 bytes. */
  readonly destination: Uint8Array;
  readonly sentAt: KernelTime;
  /** The same by performance.now(). */
  readonly sentAtMonotonic: number;
  readonly settle: (answer: PingReply | PingRefusal | undefined) => void;
}

/** Milliseconds for which a socket without a ping under way stays open for the next one. */
const idleTime = 10_000;

/** The most messages to take from a socket in one go, so that a flood does not starve the event loop. */
const mostAtOnce = 256;

/** How often to send again when what fails is the error of an earlier request. */
const mostTries = 3;

/**
 * All pings of one version of IP: they share a socket, and what it receives is told apart by sequence number, id,
 * address and payload.
 */
class PingExchange {
  readonly #family: 4 | 6;
  readonly #pending = new Map<number, Pending>();
  readonly #idle: NodeJS.Timeout;
  #socket: PingSocket | undefined;
  #sequence = Math.floor(Math.random() * 0x1_0000);

  constructor(family: 4 | 6) {
    this.#family = family;
    this.#idle = setTimeout(() => this.#closeIfIdle(), idleTime).unref();
  }

  /** The socket, opened if there is none; it stays open for a while from now. */
  open(library: Libc): PingSocket {
    this.#idle.refresh();
    return (this.#socket ??= PingSocket.open(library, this.#family));
  }

  send(socket: PingSocket, request: Omit<EchoRequest, 'id' | 'sequence'>): Ping {
    const destination = addressBytes(request.address, this.#family);
    const sequence = this.#nextSequence();
    const id = (socket.tag << 8) | Math.floor(Math.random() * 0x100);
    const sentAtMonotonic = performance.now();
    const sentAt = this.#trySend(socket, { ...request, id, sequence });
    const answer = new Promise<PingReply | PingRefusal | undefined>((settle) => {
      this.#pending.set(sequence, { id, payload: request.payload, destination, sentAt, sentAtMonotonic, settle });
    });
    return { sequence, answer, abandon: () => this.#abandon(sequence) };
  }

  /** Receives what has come. */
  receive(): void {
    for (let count = 0; count < mostAtOnce; count += 1) {
      const received = this.#socket?.receive();
      if (received === undefined) return;
      if (received === 'other') continue;
      if (received.kind === 'reply') this.#takeReply(received);
      else this.#takeError(received);
    }
    setImmediate(() => this.receive());
  }

  #trySend(socket: PingSocket, request: EchoRequest): KernelTime {
    for (let tries = 1; ; tries += 1) {
      try {
        return socket.send(request);
      } catch (error) {
        // An error that a router sent about another request fails the next call on a datagram socket, whatever it is.
        if (socket.kind === 'raw' || tries === mostTries || !(error instanceof PingError)) throw error;
        this.#receiveErrors(socket);
      }
    }
  }

  #receiveErrors(socket: PingSocket): void {
    for (let count = 0; count < mostAtOnce; count += 1) {
      const received = socket.receiveError();
      if (received === undefined) return;
      if (received !== 'other') this.#takeError(received);
    }
  }

  #takeReply(reply: ReceivedReply): void {
    const pending = this.#pending.get(reply.sequence);
    if (pending === undefined || !this.#hasId(pending, reply.id)) return;
    if (!isEqual(reply.sender, pending.destination) || !isEqual(reply.payload, pending.payload)) return;
    this.#pending.delete(reply.sequence);
    pending.settle({ kind: 'reply', rtt: roundTripTime(pending, reply.time), hopLimit: reply.hopLimit });
  }

  #takeError({ id, sequence, destination, sender, type, code, mtu }: ReceivedError): void {
    const pending = this.#pending.get(sequence);
    if (pending === undefined || !this.#hasId(pending, id) || !isEqual(destination, pending.destination)) return;
    this.#pending.delete(sequence);
    pending.settle({ kind: 'refusal', sender, type, code, mtu });
  }

  #hasId(pending: Pending, id: number): boolean {
    return this.#socket?.kind === 'datagram' || pending.id === id;
  }

  #abandon(sequence: number): void {
    this.receive();
    const pending = this.#pending.get(sequence);
    this.#pending.delete(sequence);
    pending?.settle(undefined);
  }

  #nextSequence(): number {
    if (this.#pending.size > 0x8000) throw new PingError('too many pings under way', 'ENOBUFS');
    do this.#sequence = (this.#sequence + 1) & 0xffff;
    while (this.#pending.has(this.#sequence));
    return this.#sequence;
  }

  #closeIfIdle(): void {
    if (this.#pending.size > 0) {
      this.#idle.refresh();
      return;
    }
    this.#socket?.close();
    this.#socket = undefined;
  }
}

let exchanges: Readonly<Record<4 | 6, PingExchange>> | undefined;

/**
 * Makes ready to ping addresses of a version of IP, from a local address where one is given. Gives how to send an echo
 * request. Throws PingError, with the code EACCES or EPERM where this process may not ping, ENOSYS where the kernel
 * cannot be asked, or EADDRNOTAVAIL when no interface has the local address.
 */
export function openPing(family: 4 | 6, source?: string): (request: PingRequest) => Ping {
  const library = libc();
  if (library === undefined) throw new PingError(libcProblem() ?? 'no C library', 'ENOSYS');
  exchanges ??= startExchanges();
  const exchange = exchanges[family];
  const socket = exchange.open(library);
  // On a shared socket the source goes with each request, and a wrong one looks like an unreachable network.
  if (source !== undefined) socket.checkSource(source);
  return (request) => exchange.send(exchange.open(library), { ...request, source });
}

/**
 * The kernel tells by SIGIO that a socket has something to receive: that wakes the event loop and needs no thread.
 * Without a listener the signal would end the process, so this one stays.
 */
function startExchanges(): Readonly<Record<4 | 6, PingExchange>> {
  const started = { 4: new PingExchange(4), 6: new PingExchange(6) };
  process.on('SIGIO', () => {
    started[4].receive();
    started[6].receive();
  });
  return started;
}

/** Seconds between the two times of the kernel's clock, unless that clock was set in between. */
function roundTripTime({ sentAt, sentAtMonotonic }: Pending, receivedAt: KernelTime | undefined): number {
  const elapsed = (performance.now() - sentAtMonotonic) / 1000;
  if (receivedAt === undefined) return elapsed;
  const seconds = receivedAt.seconds - sentAt.seconds + (receivedAt.nanoseconds - sentAt.nanoseconds) / 1e9;
  return seconds > 0 && seconds < elapsed + 0.001 ? seconds : elapsed;
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}
