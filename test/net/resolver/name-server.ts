import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { types } from '../../../src/probers/dns/codes.ts';
import { a, answerTo, flags, names, record } from '../../probers/dns/messages.ts';
import { serveStream } from '../../probers/dns/servers.ts';
import type { Lifetime } from '../../support/servers.ts';

/** What a name has. Without an entry there is no such name; `silent` is never answered. */
export type Entry =
  | 'silent'
  | {
      readonly a?: readonly string[];
      /** By their last 16 bits: 1 is 2001:db8::1. */
      readonly aaaa?: readonly number[];
      /** What the name stands for; the addresses are of that. */
      readonly cname?: readonly string[];
      readonly rcode?: number;
      readonly ttl?: number;
      /** Whether it is cut off by UDP. */
      readonly long?: boolean;
      /** Milliseconds until it comes. */
      readonly delay?: number;
    };

export type Zone = (name: string, type: 'A' | 'AAAA') => Entry | undefined;

export interface NameServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** The questions since the last call, as `A a.test` or `TCP AAAA a.test`, sorted. */
  takeQuestions(): string[];
  /** Resolves as soon as so many questions have come since they were last taken. */
  asked(count: number): Promise<void>;
}

/** A name server by UDP and TCP on one port of 127.0.0.1. */
export async function serveNames(lifetime: Lifetime, zone: Zone): Promise<NameServer> {
  const questions = new Questions();
  const stream = await serveStream(lifetime, (query) => {
    const { name, type } = questions.hear(query, 'TCP ');
    const entry = zone(name, type);
    return entry === 'silent' ? [] : [answerFrom(query, type, entry && { ...entry, long: false })];
  });
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  socket.on('message', (query, from) => {
    const { name, type } = questions.hear(query, '');
    const entry = zone(name, type);
    if (entry !== 'silent') send(socket, from, answerFrom(query, type, entry), entry?.delay);
  });
  socket.bind(stream.port, '127.0.0.1');
  try {
    await once(socket, 'listening');
  } catch {
    return serveNames(lifetime, zone); // The port is free for TCP alone.
  }
  lifetime.after(async () => {
    socket.close();
    await once(socket, 'close');
  });
  return {
    address: `127.0.0.1:${stream.port}`,
    takeQuestions: () => questions.take(),
    asked: (count) => questions.reach(count),
  };
}

function send(socket: Socket, { port, address }: RemoteInfo, message: Buffer, delay: number | undefined): void {
  if (delay === undefined) socket.send(message, port, address);
  else setTimeout(() => socket.send(message, port, address), delay);
}

interface Question {
  readonly name: string;
  readonly type: 'A' | 'AAAA';
}

function answerFrom(query: Buffer, type: Question['type'], entry: Exclude<Entry, 'silent'> | undefined): Buffer {
  // Each record's owner is the name asked for (a pointer to it), or what it stands for.
  let owner: Buffer = Buffer.of(0xc0, 12);
  const { ttl = 60 } = entry ?? {};
  const answer: Buffer[] = [];
  for (const alias of entry?.cname ?? []) {
    answer.push(record('CNAME', names(alias), { name: owner, ttl }));
    owner = names(alias);
  }
  if (type === 'A') answer.push(...(entry?.a ?? []).map((address) => a(address, { name: owner, ttl })));
  else answer.push(...(entry?.aaaa ?? []).map((bits) => record('AAAA', ipv6(bits), { name: owner, ttl })));
  if (entry?.long === true) return answerTo(query, { flags: flags.truncated });
  return answerTo(query, { rcode: entry === undefined ? 3 : (entry.rcode ?? 0), answer });
}

function ipv6(bits: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(0x2001_0db8, 0);
  bytes.writeUInt16BE(bits, 14);
  return bytes;
}

class Questions {
  #heard: string[] = [];
  #waiting: { readonly count: number; readonly reached: () => void } | undefined;

  /** Reads a query of one question without compression. */
  hear(query: Buffer, prefix: string): Question {
    const labels: string[] = [];
    let at = 12;
    for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const type = query.readUInt16BE(at + 1) === types.A ? 'A' : 'AAAA';
    const name = labels.join('.');
    this.#heard.push(`${prefix}${type} ${name}`);
    if (this.#waiting !== undefined && this.#heard.length >= this.#waiting.count) this.#waiting.reached();
    return { name, type };
  }

  take(): string[] {
    const heard = this.#heard.sort();
    this.#heard = [];
    return heard;
  }

  reach(count: number): Promise<void> {
    if (this.#heard.length >= count) return Promise.resolve();
    return new Promise((reached) => (this.#waiting = { count, reached }));
  }
}
