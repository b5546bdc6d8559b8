import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { littleEndian } from './byte-order.ts';
import type { Libc } from './libc.ts';
import * as c from './ping-constants.ts';
import { PingError } from './ping-error.ts';
import { encodeEchoFilter } from './ping-filter.ts';
import { fixedBytes, Message, readWord, viewOf, wordLength, writeWord } from './ping-message.ts';
import {
  type KernelTime,
  readQueuedError,
  readReceived,
  type ReceivedError,
  type ReceivedReply,
} from './ping-received.ts';
import { type EchoRequest, encodeSocketAddress, writeRequest } from './ping-request.ts';

/** Room for the replies to some hundred pings of ordinary size while the event loop is busy. */
const receiveBuffer = 1024 * 1024;
const longestPacket = 65_536;

/**
 * A socket that pings: of the kind that needs no privilege where the group of this process is in
 * net.ipv4.ping_group_range, else a raw one. It never waits; SIGIO tells when there is something to receive.
 */
export class PingSocket {
  /** A datagram socket puts an id of its own into every request, and the kernel gives it only the replies to these. */
  readonly kind: 'datagram' | 'raw';
  /** What the high byte of every id must be. */
  readonly tag = Math.floor(Math.random() * 0x100);
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #family: 4 | 6;
  readonly #outgoing: Message;
  readonly #incoming: Message;
  readonly #time = fixedBytes(2 * wordLength);
  readonly #timeView = viewOf(this.#time);
  readonly #interfaceIndex: (name: string) => number;
  #dontFragment = false;

  private constructor(libc: Libc, fd: number, family: 4 | 6, kind: 'datagram' | 'raw') {
    this.kind = kind;
    this.#libc = libc;
    this.#fd = fd;
    this.#family = family;
    this.#outgoing = new Message(libc, longestPacket);
    this.#incoming = new Message(libc, longestPacket);
    this.#interfaceIndex = (name) => libc.ifNameToIndex(name);
  }

  /** Opens one. Throws PingError, with the code EACCES or EPERM when this process may not. */
  static open(libc: Libc, family: 4 | 6): PingSocket {
    const { domain, protocol } = c.familyNumbers[family];
    const flags = c.SOCK_NONBLOCK | c.SOCK_CLOEXEC;
    const datagram = libc.socket(domain, c.SOCK_DGRAM | flags, protocol);
    const fd = datagram < 0 ? libc.socket(domain, c.SOCK_RAW | flags, protocol) : datagram;
    if (fd < 0) throw failure(libc, 'socket');
    const socket = new PingSocket(libc, fd, family, datagram < 0 ? 'raw' : 'datagram');
    try {
      socket.#configure();
    } catch (error) {
      socket.close();
      throw error;
    }
    return socket;
  }

  /** Sends an echo request; gives when, on the clock of the receive times. Throws PingError when it is not taken. */
  send(request: EchoRequest): KernelTime {
    this.#setDontFragment(request.dontFragment);
    writeRequest(this.#outgoing, this.#family, request, this.#interfaceIndex);
    this.#libc.clockGettime(c.CLOCK_REALTIME, this.#time);
    if (this.#libc.sendmsg(this.#fd, this.#outgoing.header, 0) < 0) throw failure(this.#libc, 'sendmsg');
    return { seconds: readWord(this.#timeView, 0), nanoseconds: readWord(this.#timeView, wordLength) };
  }

  /**
   * Receives a reply or an error; 'other' when it was something else, undefined when nothing is there. The payload lies
   * in memory that the next call overwrites.
   */
  receive(): ReceivedReply | ReceivedError | 'other' | undefined {
    for (let tries = 0; tries < 2; tries += 1) {
      this.#incoming.clear();
      const length = this.#libc.recvmsg(this.#fd, this.#incoming.header, 0);
      if (length >= 0) return readReceived(this.#incoming, length, this.#family, this.kind) ?? 'other';
      if (this.#libc.errno() === constants.errno.EAGAIN) return undefined;
      // The error of any request makes the next call fail, once; which request it was stands in the queue of errors.
      const error = this.receiveError();
      if (error !== undefined) return error;
    }
    return undefined;
  }

  /** Receives an error that a datagram socket keeps in its queue of errors. */
  receiveError(): ReceivedError | 'other' | undefined {
    this.#incoming.clear();
    const length = this.#libc.recvmsg(this.#fd, this.#incoming.header, c.MSG_ERRQUEUE);
    return length < 0 ? undefined : (readQueuedError(this.#incoming, length, this.#family) ?? 'other');
  }

  /** Throws PingError, with the code EADDRNOTAVAIL when no interface has the address. */
  checkSource(address: string): void {
    const { domain, nameLength } = c.familyNumbers[this.#family];
    const name = encodeSocketAddress(this.#family, address, this.#interfaceIndex);
    const fd = this.#libc.socket(domain, c.SOCK_DGRAM | c.SOCK_CLOEXEC, 0);
    if (fd < 0) throw failure(this.#libc, 'socket');
    const problem = this.#libc.bind(fd, name, nameLength) === 0 ? undefined : failure(this.#libc, 'bind');
    this.#libc.close(fd);
    if (problem !== undefined) throw problem;
  }

  close(): void {
    this.#libc.close(this.#fd);
  }

  #configure(): void {
    const { level, receiveHopLimit, receiveError } = c.familyNumbers[this.#family];
    if (this.kind === 'raw') this.#attachFilter();
    else this.#set(level, receiveError, 1);
    this.#set(c.SOL_SOCKET, c.SO_TIMESTAMPNS, 1);
    this.#set(c.SOL_SOCKET, c.SO_RCVBUF, receiveBuffer);
    this.#set(level, receiveHopLimit, 1);
    this.#control(c.F_SETOWN, process.pid);
    this.#control(c.F_SETFL, c.O_NONBLOCK | c.O_ASYNC);
  }

  /** `struct sock_fprog` { unsigned short len; struct sock_filter *filter } */
  #attachFilter(): void {
    const filter = encodeEchoFilter(this.#family, this.tag);
    const program = fixedBytes(2 * wordLength);
    const view = viewOf(program);
    view.setUint16(0, filter.length / 8, littleEndian);
    writeWord(view, wordLength, this.#libc.address(filter));
    this.#setBytes(c.SOL_SOCKET, c.SO_ATTACH_FILTER, program);
  }

  /** With IP_PMTUDISC_PROBE the DF bit is set, whatever the kernel knows of the path. */
  #setDontFragment(wanted: boolean): void {
    if (this.#family === 6 || this.#dontFragment === wanted) return;
    const discovery = wanted ? c.IP_PMTUDISC_PROBE : c.IP_PMTUDISC_WANT;
    this.#set(c.familyNumbers[4].level, c.IP_MTU_DISCOVER, discovery);
    this.#dontFragment = wanted;
  }

  #set(level: number, option: number, value: number): void {
    this.#setBytes(level, option, new Uint8Array(Int32Array.of(value).buffer));
  }

  #setBytes(level: number, option: number, value: Uint8Array): void {
    if (this.#libc.setsockopt(this.#fd, level, option, value, value.length) !== 0) {
      throw failure(this.#libc, `setsockopt ${level} ${option}`);
    }
  }

  #control(command: number, value: number): void {
    if (this.#libc.fcntl(this.#fd, command, value) < 0) throw failure(this.#libc, `fcntl ${command}`);
  }
}

function failure(libc: Libc, call: string): PingError {
  return new PingError(call, getSystemErrorName(-libc.errno()));
}
