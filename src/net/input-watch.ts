import { Arrivals } from '../kernel/arrivals.ts';
import { ByDescriptor } from './by-descriptor.ts';
import { eventLoop } from './event-loop.ts';
import { InputWait } from './input-wait.ts';

/** The waits of all sockets that are observed, by descriptor. */
const waits = new ByDescriptor<InputWait>();

let arrivals: Arrivals | undefined;
let asked = false;

/** Measures how long the input of a TCP socket waits to be read. */
export class InputWatch {
  readonly #wait = new InputWait();
  #fd: number | undefined;

  constructor() {
    if (!asked) arrivals = Arrivals.open();
    asked = true;
  }

  /** Begins, for a socket that has just been connected; without FFI only a part of the waits is seen. */
  begin(fd: number | undefined): void {
    if (fd === undefined || arrivals?.stamp(fd) !== true) return;
    this.#fd = fd;
    this.#wait.begin(performance.now());
  }

  /** Looks for unread input whenever the event loop has served what was ready: for a socket that is not read by parts. */
  observe(): void {
    if (this.#fd === undefined || arrivals?.add(this.#fd) !== true) return;
    waits.set(this.#fd, this.#wait);
    eventLoop.observe(findUnread);
  }

  /** Whether the kernel can be asked when input came. */
  get precise(): boolean {
    return arrivals !== undefined;
  }

  /** Seconds, of all input since a time on the clock of `performance.now()`. */
  waitedSince(start: number): number {
    return this.#wait.since(start) / 1000;
  }

  /** Says that input of the socket is given to its reader just now. */
  heard(): void {
    const now = performance.now();
    this.#wait.heard(now, eventLoop.serving(now));
  }

  /** Says that a part of its input was read just now, and gives whether there is more; `reset` when there is none, and never will be. */
  readPart(): boolean | 'reset' {
    const age = this.#fd === undefined ? undefined : arrivals?.age(this.#fd);
    if (age === undefined || age === 'reset') return age ?? false;
    const now = performance.now();
    this.#wait.read(now, age, eventLoop.serving(now));
    return true;
  }

  /** Ends, just before the descriptor goes. */
  end(): void {
    if (this.#fd !== undefined && waits.get(this.#fd) === this.#wait) waits.delete(this.#fd);
  }
}

/** What is unread at the end of a turn came while the turn was busy; what comes later wakes the loop. */
function findUnread(ended: number): boolean {
  if (waits.size === 0) return false;
  const now = performance.now();
  arrivals?.waiting((fd, age) => waits.get(fd)?.unread(now, age, ended));
  return true;
}
