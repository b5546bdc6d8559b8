import { littleEndian } from './byte-order.ts';
import { AF_INET, messageOffsets, type DumpSink, type Endpoints } from './inet-diag.ts';
import { tcpState, tcpStates, type StateCounts, type TcpState } from './tcp-states.ts';

// A record in words of 32 bits. An end is a port and the four words of its address.
const recordWords = 11;
const localEnd = 0;
const remoteEnd = 5;
const stateWord = 10;

/** The TCP sockets of one dump, packed so that tens of thousands cost little. IPv4 ends are held as IPv4-mapped. */
export class SocketTable implements DumpSink {
  #records: Int32Array;
  #size = 0;
  #byRemoteEnd: Chains | undefined;
  #byLocalPort: Chains | undefined;

  /** `expected` is how many sockets to have room for at first. */
  constructor(expected: number) {
    this.#records = new Int32Array(expected * recordWords);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds the socket whose `struct inet_diag_msg` begins at `at`. All are added before anything is asked. */
  add(view: DataView, at: number): void {
    const base = this.#size * recordWords;
    if (base === this.#records.length) this.#grow();
    const records = this.#records;
    const v4 = view.getUint8(at + messageOffsets.family) === AF_INET;
    records[base + localEnd] = view.getUint16(at + messageOffsets.localPort);
    copyAddress(records, base + localEnd + 1, view, at + messageOffsets.localAddress, v4);
    records[base + remoteEnd] = view.getUint16(at + messageOffsets.remotePort);
    copyAddress(records, base + remoteEnd + 1, view, at + messageOffsets.remoteAddress, v4);
    records[base + stateWord] = view.getUint8(at + messageOffsets.state);
    this.#size += 1;
  }

  /** All sockets by state. */
  byState(): StateCounts {
    const counts = emptyCounts();
    for (let index = 0; index < this.#size; index += 1) count(counts, this.#state(index));
    return counts;
  }

  /** The sockets towards a remote end by state. */
  towards(address: Uint8Array, port: number): StateCounts {
    const chains = (this.#byRemoteEnd ??= this.#chainByRemoteEnd());
    const end = endWords(address, port);
    const counts = emptyCounts();
    for (let index = chains.first(hash(end, 0)); index >= 0; index = chains.after(index)) {
      if (this.#hasEnd(index, remoteEnd, end)) count(counts, this.#state(index));
    }
    return counts;
  }

  /** The state of the socket between two ends; undefined when there is none. */
  stateOf(ends: Endpoints): TcpState | undefined {
    const chains = (this.#byLocalPort ??= this.#chainByLocalPort());
    const local = endWords(ends.localAddress, ends.localPort);
    const remote = endWords(ends.remoteAddress, ends.remotePort);
    for (let index = chains.first(ends.localPort); index >= 0; index = chains.after(index)) {
      const found = this.#hasEnd(index, localEnd, local) && this.#hasEnd(index, remoteEnd, remote);
      if (found) return this.#state(index);
    }
    return undefined;
  }

  /** Whether any socket has this local port. */
  hasLocalPort(port: number): boolean {
    const chains = (this.#byLocalPort ??= this.#chainByLocalPort());
    for (let index = chains.first(port); index >= 0; index = chains.after(index)) {
      if (this.#word(index * recordWords + localEnd) === port) return true;
    }
    return false;
  }

  #chainByRemoteEnd(): Chains {
    return new Chains(this.#size, (index) => hash(this.#records, index * recordWords + remoteEnd));
  }

  #chainByLocalPort(): Chains {
    return new Chains(this.#size, (index) => this.#word(index * recordWords + localEnd));
  }

  #hasEnd(index: number, which: number, end: Int32Array): boolean {
    const at = index * recordWords + which;
    for (let offset = 0; offset < end.length; offset += 1) {
      if (end[offset] !== this.#records[at + offset]) return false;
    }
    return true;
  }

  #state(index: number): TcpState | undefined {
    return tcpState(this.#word(index * recordWords + stateWord));
  }

  #word(at: number): number {
    return this.#records[at] ?? 0;
  }

  #grow(): void {
    const larger = new Int32Array(Math.max(256 * recordWords, this.#records.length * 2));
    larger.set(this.#records);
    this.#records = larger;
  }
}

/** Lists of record numbers by bucket: `after` leads from one to the next, -1 ends a list. */
class Chains {
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #mask: number;

  constructor(size: number, bucketOf: (index: number) => number) {
    const buckets = 2 ** Math.ceil(Math.log2(size + 1));
    this.#mask = buckets - 1;
    this.#heads = new Int32Array(buckets).fill(-1);
    this.#next = new Int32Array(size);
    for (let index = 0; index < size; index += 1) {
      const bucket = bucketOf(index) & this.#mask;
      this.#next[index] = this.#heads[bucket] ?? -1;
      this.#heads[bucket] = index;
    }
  }

  first(bucket: number): number {
    return this.#heads[bucket & this.#mask] ?? -1;
  }

  after(index: number): number {
    return this.#next[index] ?? -1;
  }
}

/** The bytes 8 to 11 of an IPv4-mapped address. All words are read in host order, so that equal bytes are equal words. */
const mappedWord = new DataView(Uint8Array.of(0, 0, 0xff, 0xff).buffer).getInt32(0, littleEndian);

function copyAddress(words: Int32Array, to: number, view: DataView, at: number, v4: boolean): void {
  words[to] = v4 ? 0 : view.getInt32(at, littleEndian);
  words[to + 1] = v4 ? 0 : view.getInt32(at + 4, littleEndian);
  words[to + 2] = v4 ? mappedWord : view.getInt32(at + 8, littleEndian);
  words[to + 3] = view.getInt32(v4 ? at : at + 12, littleEndian);
}

function endWords(address: Uint8Array, port: number): Int32Array {
  const words = new Int32Array(5);
  words[0] = port;
  copyAddress(words, 1, new DataView(address.buffer, address.byteOffset, 16), 0, false);
  return words;
}

/** A hash of the five words of an end. */
function hash(words: Int32Array, at: number): number {
  let mixed = 0;
  for (let offset = 0; offset < 5; offset += 1) {
    mixed = Math.imul(mixed ^ (words[at + offset] ?? 0), 0x9e37_79b1);
    mixed ^= mixed >>> 15;
  }
  return mixed;
}

function emptyCounts(): Record<TcpState, number> {
  return Object.fromEntries(tcpStates.map((name) => [name, 0])) as Record<TcpState, number>;
}

function count(counts: Record<TcpState, number>, state: TcpState | undefined): void {
  if (state !== undefined) counts[state] += 1;
}
