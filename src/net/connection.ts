import { setTimeout as delay } from 'node:timers/promises';
import type { Socket, SocketConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { abortFailure, onAbort, type ProbeSignal } from './abort.ts';
import { type Endpoint, endpointText } from './endpoint.ts';
import { connectDuration } from './connect-duration.ts';
import { asFailure } from './error-reason.ts';
import { type Phase, ProbeFailure } from './failure.ts';
import { ProbeSocket } from './probe-socket.ts';
import { letGoWhenClosed } from './let-go.ts';
import type { ConnectionSettings } from './settings.ts';
import { blameSource } from './source.ts';
import { startStopwatch } from './stopwatch.ts';
import { type LocalEnd, type TcpFacts, tcpFacts } from './tcp-facts.ts';
import { type TlsFacts, TlsHandshake, type TlsOptions } from './tls.ts';
import { tlsContext } from './tls-context.ts';

/** How long the parts of opening a connection took, in seconds; 0 where not reached. */
export interface ConnectionPhases {
  readonly connect: number;
  readonly tls: number;
}

/** One connection of a probe, from its opening to its end. */
export class Connection {
  readonly endpoint: Endpoint;
  readonly #socket: ProbeSocket;
  readonly #settings: ConnectionSettings;
  readonly #signal: ProbeSignal;
  readonly #closed: Promise<void>;
  #stream: Socket;
  #connect = 0;
  #connectLag = 0;
  /** When that was over, on the clock of `performance.now()`. */
  #connected = 0;
  #tlsDuration = 0;
  #tls: TlsFacts | undefined;
  #local: LocalEnd | undefined;
  #facts: Promise<TcpFacts | undefined> | undefined;

  constructor(endpoint: Endpoint, settings: ConnectionSettings, signal: ProbeSignal) {
    this.endpoint = endpoint;
    this.#settings = settings;
    this.#signal = signal;
    this.#socket = new ProbeSocket('path' in endpoint ? 'plain' : settings.close);
    this.#stream = this.#socket;
    this.#tellResetFromEnd(this.#stream);
    this.#closed = new Promise((settle) => this.#socket.once('close', () => settle()));
  }

  /** Where bytes are read and written: the socket itself, or TLS over it, or TLS over a proxy's TLS. */
  get stream(): Duplex {
    return this.#stream;
  }

  get phases(): ConnectionPhases {
    return { connect: this.#connect, tls: this.#tlsDuration };
  }

  /** Says that its input is given to its reader just now. */
  heard(): void {
    this.#socket.inputWatch.heard();
  }

  /** Seconds that the probe has waited for the exporter itself, over this connection, since a time. */
  lagSince(start: number): number {
    return (start < this.#connected ? this.#connectLag : 0) + this.#socket.inputWatch.waitedSince(start);
  }

  /** What the last handshake showed, also when it broke off; undefined when that was nothing. */
  get tls(): TlsFacts | undefined {
    return this.#tls;
  }

  /** Connects. Throws ProbeFailure in phase `connect`. */
  async open(): Promise<void> {
    const started = performance.now();
    this.#socket.connect(socketOptions(this.endpoint, this.#settings.sourceAddress));
    try {
      await this.#event(this.#socket, 'connect', 'connect', this.#settings.connectTimeout);
    } catch (error) {
      throw this.#connectFailure(error);
    } finally {
      this.#connected = performance.now();
      const seen = (this.#connected - started) / 1000;
      this.#connect = connectDuration(seen, this.#socket.readHandshake());
      this.#connectLag = seen - this.#connect;
    }
    const { localAddress, localPort } = this.#socket;
    if (localAddress !== undefined && localPort !== undefined) this.#local = { address: localAddress, port: localPort };
  }

  /** Shakes hands. The facts are there even when it then throws ProbeFailure (phase `tls`) for a distrusted certificate. */
  async startTls(options: TlsOptions): Promise<TlsFacts> {
    const stopwatch = startStopwatch(this);
    let facts: TlsFacts;
    try {
      facts = await this.#shakeHands(options, (broken) => {
        this.#tls = broken;
      });
    } finally {
      this.#tlsDuration = stopwatch();
    }
    this.#tls = facts;
    if (facts.distrust !== undefined && !options.settings.insecureSkipVerify) throw facts.distrust;
    return facts;
  }

  /** Shakes hands with a proxy, for itself: neither `tls` nor `phases` tell of it. Throws ProbeFailure in phase `tls`. */
  async startProxyTls(options: TlsOptions): Promise<void> {
    const { distrust } = await this.#shakeHands(options);
    if (distrust !== undefined && !options.settings.insecureSkipVerify) throw distrust;
  }

  /** `onBroken` hears what a handshake showed that broke off. */
  async #shakeHands(
    options: TlsOptions,
    onBroken: (facts: TlsFacts | undefined) => void = () => {},
  ): Promise<TlsFacts> {
    let handshake: TlsHandshake | undefined;
    try {
      const context = tlsContext(options.settings);
      handshake = new TlsHandshake(this.#stream, endpointText(this.endpoint), options, context);
      const secured = handshake.socket;
      // The runtime tells of an alert without ending the stream: its end would then be taken for the reason.
      secured.on('error', (error) => secured.destroy(error));
      this.#tellResetFromEnd(secured);
      letGoWhenClosed(secured);
      this.#socket.carry(secured);
      this.#stream = secured;
      await this.#event(secured, 'secureConnect', 'tls', this.#settings.tlsHandshakeTimeout);
      return handshake.facts();
    } catch (error) {
      onBroken(handshake?.brokenFacts());
      throw asFailure(error, 'tls', 'The TLS handshake failed');
    }
  }

  /**
   * Ends the connection as its module wants, and tells what the kernel then says; undefined for a unix socket. Never
   * rejects; twice is once.
   */
  close(): Promise<TcpFacts | undefined> {
    this.#facts ??= this.#end();
    return this.#facts;
  }

  async #end(): Promise<TcpFacts | undefined> {
    this.#stream.destroy();
    this.#socket.destroy();
    await this.#closed;
    const facts = await this.#askForFacts();
    this.#socket.forget();
    return facts;
  }

  async #askForFacts(): Promise<TcpFacts | undefined> {
    if ('path' in this.endpoint) return undefined;
    const facts = tcpFacts(this.endpoint, this.#local, this.#socket);
    if (this.#settings.close === 'reset' || facts.closedState !== 'closed') return facts;
    // While the kernel puts a TIME_WAIT in the place of a socket, it may find neither: it is asked once more.
    await delay(2);
    return tcpFacts(this.endpoint, this.#local, this.#socket);
  }

  #tellResetFromEnd(stream: Socket): void {
    stream.prependListener('end', () => {
      if (this.#socket.takeReset()) stream.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    });
  }

  #connectFailure(error: unknown): ProbeFailure {
    const action = `Cannot connect to ${endpointText(this.endpoint)}`;
    const failure = asFailure(error, 'connect', action);
    if ('path' in this.endpoint) return failure;
    return blameSource(failure, this.#settings.sourceAddress, this.endpoint.family);
  }

  /** Waits for `name` on `emitter`, no longer than the probe or `limit` milliseconds last. */
  #event(emitter: Duplex, name: string, phase: Phase, limit: number | undefined): Promise<void> {
    return new Promise((settle, reject) => {
      let stop = (): void => {};
      const finish = (act: () => void): void => {
        stop();
        clearTimeout(timer);
        emitter.off(name, onEvent).off('error', onError).off('close', onClose);
        act();
      };
      const onEvent = (): void => finish(settle);
      const onError = (error: Error): void => finish(() => reject(error));
      const onClose = (): void => finish(() => reject(new ProbeFailure(phase, 'closed', 'The connection was closed')));
      const timer =
        limit === undefined
          ? undefined
          : setTimeout(() => {
              finish(() => reject(new ProbeFailure(phase, 'timeout', `No ${phase} within ${limit / 1000} s`)));
            }, limit);
      emitter.once(name, onEvent).once('error', onError).once('close', onClose);
      stop = onAbort(this.#signal, () => finish(() => reject(abortFailure(this.#signal, phase))));
    });
  }
}

function socketOptions(endpoint: Endpoint, sourceAddress: string | undefined): SocketConnectOpts {
  if ('path' in endpoint) return { path: endpoint.path };
  const { address, family, port } = endpoint;
  return {
    host: address,
    port,
    family,
    autoSelectFamily: false,
    ...(sourceAddress !== undefined && { localAddress: sourceAddress }),
  };
}
