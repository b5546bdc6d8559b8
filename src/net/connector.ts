import { Connection } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { eventLoop } from './event-loop.ts';
import { InputWait } from './input-wait.ts';
import { type NameResolver, type ResolvedAddress, resolve } from './resolve.ts';
import { machineResolver } from './resolver/stub-resolver.ts';
import type { ConnectionSettings, IpPolicy } from './settings.ts';
import { checkSource } from './source.ts';
import type { TcpFacts } from './tcp-facts.ts';
import type { ProbeSignal } from './abort.ts';

/** Opens the connections of one probe, one after the other, and sees to it that none outlives it. */
export class Connector {
  readonly #settings: ConnectionSettings;
  readonly #signal: ProbeSignal;
  /** Looks up the names that the probe meets. */
  readonly resolver: NameResolver;
  /** In the order in which they were opened: the last one may be open. */
  readonly #connections: Connection[] = [];
  /** Of those that came without a connection. */
  readonly #datagrams = new InputWait();

  constructor(settings: ConnectionSettings, signal: ProbeSignal, resolver: NameResolver = machineResolver) {
    this.#settings = settings;
    this.#signal = signal;
    this.resolver = resolver;
  }

  /** How many connections the probe has opened. */
  get opened(): number {
    return this.#connections.length;
  }

  /** Seconds that the probe has waited for the exporter itself, over all its connections, since a time. */
  lagSince(start: number): number {
    const datagrams = this.#datagrams.since(start) / 1000;
    return this.#connections.reduce((sum, connection) => sum + connection.lagSince(start), datagrams);
  }

  /** Says that a datagram is given to its reader just now, which had come `age` milliseconds ago. */
  heardDatagram(age: number): void {
    const now = performance.now();
    this.#datagrams.read(now, age, eventLoop.serving(now));
  }

  get settings(): ConnectionSettings {
    return this.#settings;
  }

  /** Chooses the address of `host` to probe. Throws ProbeFailure in phase `resolve`. */
  resolve(host: string, policy: IpPolicy): Promise<ResolvedAddress> {
    return resolve(host, policy, this.resolver, this.#signal);
  }

  /**
   * Connects to the address, after closing the connection opened before. Throws ProbeFailure in phase `connect`; the
   * failed connection is closed, and counted, like any other.
   */
  open({ address, family }: ResolvedAddress, port: number, source?: string): Promise<Connection> {
    const settings = source === undefined ? this.#settings : { ...this.#settings, sourceAddress: source };
    return this.#open({ address, family, port }, settings);
  }

  /** The same to the unix socket of a path, or of an abstract name behind a NUL. */
  openUnix(path: string): Promise<Connection> {
    return this.#open({ path }, this.#settings);
  }

  async #open(endpoint: Endpoint, settings: ConnectionSettings): Promise<Connection> {
    if (!('path' in endpoint)) checkSource(settings.sourceAddress, endpoint);
    await this.last?.close();
    const connection = new Connection(endpoint, settings, this.#signal);
    this.#connections.push(connection);
    await connection.open();
    return connection;
  }

  /** The connection opened last, also when opening it failed. */
  get last(): Connection | undefined {
    return this.#connections.at(-1);
  }

  /** Closes what is open and tells what the kernel says of the last connection; undefined when that was none of TCP. */
  close(): Promise<TcpFacts | undefined> | undefined {
    return this.last?.close();
  }
}
