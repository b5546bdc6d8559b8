import { littleEndian } from './byte-order.ts';
import { libc, type Libc } from './libc.ts';
import { AF_INET, CLOCK_REALTIME, SO_TIMESTAMPNS, SOCK_CLOEXEC, SOCK_DGRAM, SOL_SOCKET } from './ping-constants.ts';
import { eachControl, fixedBytes, Message, readWord, viewOf, wordLength } from './ping-message.ts';

// include/uapi/linux/eventpoll.h
const EPOLL_CLOEXEC = 0o2_000_000;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const EPOLLERR = 8;
/** `struct epoll_event { u32 events; u64 data; }`, which x86-64 alone packs. */
const [eventLength, dataOffset] = process.arch === 'x64' ? [12, 4] : [16, 8];

// include/linux/socket.h
const MSG_PEEK = 0x2;
const MSG_DONTWAIT = 0x40;

// include/uapi/asm-generic/errno.h
const ECONNRESET = 104;

/** What is looked at in one go; the rest is for the next time. */
const maxEvents = 256;

const on = new Uint8Array(Int32Array.of(1).buffer);

/**
 * Tells which of many TCP sockets hold input that nobody has read yet, and for how long. The kernel stamps a segment
 * when it receives it (SO_TIMESTAMPNS), and gives the stamp away with a look at the data that leaves it there.
 */
export class Arrivals {
  readonly #libc: Libc;
  readonly #epoll: number;
  readonly #event = fixedBytes(eventLength);
  readonly #eventView = viewOf(this.#event);
  readonly #events = fixedBytes(maxEvents * eventLength);
  readonly #eventsView = viewOf(this.#events);
  readonly #message: Message;
  /** What the last look gave, -1 for an error. */
  #length = 0;
  readonly #time = fixedBytes(2 * wordLength);
  readonly #timeView = viewOf(this.#time);

  private constructor(libc: Libc, epoll: number) {
    this.#libc = libc;
    this.#epoll = epoll;
    this.#message = new Message(libc, 1);
  }

  /** Undefined where the kernel cannot be asked. */
  static open(): Arrivals | undefined {
    const library = libc();
    if (library === undefined) return undefined;
    const epoll = library.epollCreate(EPOLL_CLOEXEC);
    if (epoll < 0) return undefined;
    keepStamping(library);
    return new Arrivals(library, epoll);
  }

  /** Has the kernel stamp what a socket receives. Gives false when it refuses. */
  stamp(fd: number): boolean {
    return this.#libc.setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, on, on.length) === 0;
  }

  /** Watches a socket, whose input is stamped, until it is closed. Gives false when the kernel refuses. */
  add(fd: number): boolean {
    this.#eventView.setUint32(0, EPOLLIN, littleEndian);
    this.#eventView.setInt32(dataOffset, fd, littleEndian);
    return this.#libc.epollControl(this.#epoll, EPOLL_CTL_ADD, fd, this.#event) === 0;
  }

  /** Calls `tell` with every socket that holds unread input, and the milliseconds since its first byte came. */
  waiting(tell: (fd: number, milliseconds: number) => void): void {
    const count = this.#libc.epollWait(this.#epoll, this.#events, maxEvents, 0);
    if (count <= 0) return;
    this.#libc.clockGettime(CLOCK_REALTIME, this.#time);
    const now = this.#milliseconds(this.#timeView, 0);
    for (let index = 0; index < count; index++) {
      const event = index * eventLength;
      // An error that waits, as a reset, would be taken away by the look.
      if ((this.#eventsView.getUint32(event, littleEndian) & EPOLLERR) !== 0) continue;
      const fd = this.#eventsView.getInt32(event + dataOffset, littleEndian);
      const arrived = this.#arrival(fd);
      if (arrived !== undefined) tell(fd, Math.max(0, now - arrived));
    }
  }

  /**
   * For how many milliseconds a socket has unread input; undefined when it has none, or no stamp; `reset` when the other
   * end has reset it, which the kernel then tells nobody else.
   */
  age(fd: number): number | 'reset' | undefined {
    const arrived = this.#arrival(fd);
    if (arrived === undefined) return this.#length < 0 && this.#libc.errno() === ECONNRESET ? 'reset' : undefined;
    this.#libc.clockGettime(CLOCK_REALTIME, this.#time);
    return Math.max(0, this.#milliseconds(this.#timeView, 0) - arrived);
  }

  /** When the first unread byte came, in milliseconds since the epoch; undefined when there is none, or no stamp. */
  #arrival(fd: number): number | undefined {
    this.#message.clear();
    this.#length = this.#libc.recvmsg(fd, this.#message.header, MSG_PEEK | MSG_DONTWAIT);
    if (this.#length <= 0) return undefined;
    const view = this.#message.controlView;
    let arrived: number | undefined;
    eachControl(view, this.#message.controlLength, (level, type, start, end) => {
      if (level === SOL_SOCKET && type === SO_TIMESTAMPNS && end - start >= 2 * wordLength) {
        arrived = this.#milliseconds(view, start);
      }
    });
    return arrived;
  }

  /** `struct timespec { long sec; long nsec; }` as milliseconds. */
  #milliseconds(view: DataView, at: number): number {
    return readWord(view, at) * 1e3 + readWord(view, at + wordLength) / 1e6;
  }
}

/** The kernel stamps while any socket wants it, and patches its own code to begin and end that: one socket always does. */
function keepStamping(library: Libc): void {
  const fd = library.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0) library.setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, on, on.length);
}
