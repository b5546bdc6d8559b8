import net from 'node:net';
import { otherEndFinished, sendFin } from '../kernel/fin.ts';
import { libc } from '../kernel/libc.ts';
import { resetOnClose } from '../kernel/linger.ts';
import { takeSocketError } from '../kernel/socket-error.ts';
import { type Handshake, readHandshake, readTcpInfo, type TcpInfo } from '../kernel/tcp-info.ts';
import { InputWatch } from './input-watch.ts';
import { letGoWhenClosed } from './let-go.ts';

const ECONNRESET = 104;

/** What all sockets are read into, to be copied at once: the first byte of an input, and the rest behind it. */
const shared = new Uint8Array(64 * 1024);
const firstByte = shared.subarray(0, 1);
const afterFirstByte = shared.subarray(1);

/**
 * The TCP socket of a probe. Whoever closes it (the prober, TLS, a deadline), just before its descriptor goes
 * the kernel is asked what it knows of the connection, and the close is made a reset where that is wanted.
 */
export class ProbeSocket extends net.Socket {
  /** How long input has waited to be read; nothing of a unix socket. */
  readonly inputWatch = new InputWatch();
  readonly #close: 'reset' | 'fin' | 'plain';
  #info: TcpInfo | undefined;
  #resetting = false;
  #failure: Error | undefined;
  #layer: net.Socket | undefined;
  /** The first byte of an input whose rest comes next. */
  #first: number | undefined;
  /** Whether the kernel has told of a reset, which it does once. */
  #resetSeen = false;

  /** `plain` leaves the close to the system, as is right for a unix socket: it leaves no state behind, and knows no reset. */
  constructor(close: 'reset' | 'fin' | 'plain') {
    const onread = {
      buffer: () => this.#nextBuffer(),
      callback: (length: number, buffer: Uint8Array) => this.#take(buffer, length),
    };
    // The runtime sets all but onread to the same by itself. Where it has to add them, each socket leaves shapes of its own
    // behind, which only a full collection takes away.
    const options = { onread, allowHalfOpen: false, emitClose: false, autoDestroy: true, decodeStrings: false };
    super(options);
    this.#close = close;
    if (close !== 'plain') this.once('connect', () => this.inputWatch.begin(descriptorOf(this)));
    // From birth on an error has a listener; who waits for the connection hears of it on its own.
    this.on('error', () => {});
    letGoWhenClosed(this);
  }

  /** Names the TLS that now speaks over the socket, and reads it: its end is the socket's. */
  carry(layer: net.Socket): void {
    this.#layer ??= layer;
    this.inputWatch.observe();
  }

  /** What the kernel knew when the socket closed; before that undefined. */
  get info(): TcpInfo | undefined {
    return this.#info;
  }

  /** What the kernel knows now, while the socket is open. */
  readInfo(): TcpInfo | undefined {
    const descriptor = descriptorOf(this);
    return descriptor === undefined ? undefined : readTcpInfo(descriptor);
  }

  /** What the kernel measured of the handshake; undefined before its end, and of a unix socket. */
  readHandshake(): Handshake | undefined {
    const descriptor = descriptorOf(this);
    return descriptor === undefined || this.#close === 'plain' ? undefined : readHandshake(descriptor);
  }

  /**
   * Whether the other end has reset the connection, and the kernel has told nobody yet; asked twice it is false. The
   * runtime takes a reset that comes right behind data for the end of the stream.
   */
  takeReset(): boolean {
    const descriptor = descriptorOf(this);
    const seen = this.#resetSeen;
    this.#resetSeen = false;
    return seen || (descriptor !== undefined && takeSocketError(descriptor) === ECONNRESET);
  }

  /** Forgets what is known, once nobody asks any more: V8 holds a socket longer than its probe. */
  forget(): void {
    this.#info = undefined;
    this.#layer = undefined;
  }

  /** Of an input one byte is read first, since the kernel tells only of what is unread when it came. */
  #nextBuffer(): Uint8Array {
    if (this.#first !== undefined) return afterFirstByte;
    return this.#close === 'plain' || !this.inputWatch.precise ? shared : firstByte;
  }

  /** Takes what was read; gives false when no more is wanted for now. */
  #take(buffer: Uint8Array, length: number): boolean {
    let end = length;
    if (buffer === firstByte) {
      const more = this.inputWatch.readPart();
      this.#resetSeen = more === 'reset';
      if (more === true) {
        this.#first = firstByte[0];
        return true;
      }
    } else if (this.#first !== undefined) {
      shared[0] = this.#first; // Other sockets may have been read meanwhile.
      this.#first = undefined;
      end += 1;
    }
    return this.push(Buffer.from(shared.subarray(0, end)));
  }

  override destroy(error?: Error): this {
    this.#failure ??= error;
    if (this.#needsResetByRuntime()) {
      this.#resetting = true;
      return this.resetAndDestroy(); // Comes back here.
    }
    return super.destroy(this.#failure);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const descriptor = descriptorOf(this);
    const close = (): void => super._destroy(error, callback);
    if (descriptor !== undefined) this.#info = readTcpInfo(descriptor);
    this.inputWatch.end();
    if (descriptor !== undefined && this.#close === 'reset') resetOnClose(descriptor);
    if (descriptor !== undefined && this.#close === 'fin' && sendFin(descriptor)) {
      stopReading(this); // What still came, the runtime would take for an error.
      whenFinished(descriptor, close);
    } else close();
  }

  /** Without FFI the runtime's own reset must do; it knows only established connections whose FIN is not sent yet. */
  #needsResetByRuntime(): boolean {
    if (this.#close !== 'reset' || this.#resetting || this.destroyed) return false;
    if (this.connecting || this.writableEnded || this.#layer?.writableEnded === true) return false;
    return libc() === undefined && descriptorOf(this) !== undefined;
  }
}

/** How many milliseconds an end by FIN waits for that of the other end: less than what a scrape leaves after a deadline. */
const finWait = 250;
/** A process that the system keeps from running for as long still looks so often. */
const leastLooks = 10;

/** Calls when the other end has sent its FIN too, so that no late data turns the end into a reset; or soon without it. */
function whenFinished(descriptor: number, then: () => void): void {
  const giveUp = performance.now() + finWait;
  let looks = 0;
  const look = (): void => {
    looks += 1;
    if (otherEndFinished(descriptor) || (performance.now() > giveUp && looks >= leastLooks)) then();
    else setTimeout(look, 2);
  };
  look();
}

/** A handle of libuv, as a socket holds it. */
interface Handle {
  readonly fd?: number;
  readStop?(): number;
}

function handleOf(socket: net.Socket): Handle | null | undefined {
  return (socket as unknown as { readonly _handle?: Handle | null })._handle;
}

function stopReading(socket: net.Socket): void {
  handleOf(socket)?.readStop?.();
}

/** The file descriptor under a socket, as libuv holds it; undefined when closed, or on a system without descriptors. */
function descriptorOf(socket: net.Socket): number | undefined {
  const descriptor = handleOf(socket)?.fd;
  return descriptor !== undefined && descriptor >= 0 ? descriptor : undefined;
}
