import { Resolver } from 'node:dns';
import { onAbort, type ProbeSignal } from '../abort.ts';
import { errorCode } from '../error-reason.ts';
import { longestTimeout } from './resolv-conf.ts';

export type Family = 4 | 6;

export interface Question {
  /** An IP address, with a port if need be. */
  readonly server: string;
  /** As DNS has it: ASCII, without a final dot. */
  readonly name: string;
  readonly families: readonly Family[];
  /** Milliseconds. */
  readonly timeout: number;
}

/** What a server says of a name's addresses of one IP version: them, or a code of c-ares. */
export type Reply = { readonly family: Family } & (
  | { readonly code: string }
  | { readonly code: undefined; readonly addresses: readonly string[]; readonly ttl: number }
);

/** Channels that nobody uses are kept, so many of them; each holds a few KiB and no descriptor. */
const mostIdle = 256;
const idle: Channel[] = [];

/**
 * Asks one server once for each of the IP versions, at the same time, by UDP, and by TCP where the answer is too long
 * for that. Resolves when all is answered or given up; a question is given up when `signal` aborts, and leaves no socket.
 */
export function ask(question: Question, signal: ProbeSignal): Promise<readonly Reply[]> {
  return (idle.pop() ?? new Channel()).ask(question, signal);
}

/** A channel of c-ares for one question at a time, since only all that a channel does can be called off. */
class Channel {
  readonly #resolver = new Resolver({ timeout: longestTimeout, tries: 1 });

  ask({ server, name, families, timeout }: Question, signal: ProbeSignal): Promise<readonly Reply[]> {
    // c-ares waits less for a server that was quick before, down to 250 ms. That is right for a program in a hurry, and
    // wrong for one that measures. It forgets a server that is no longer in the list.
    this.#resolver.setServers([nobody]);
    this.#resolver.setServers([server]);
    return new Promise((settle) => {
      const replies: Reply[] = [];
      const give = (): void => this.#resolver.cancel();
      const timer = setTimeout(give, timeout);
      const stop = onAbort(signal, give);
      const add = (reply: Reply): void => {
        if (replies.push(reply) < families.length) return;
        clearTimeout(timer);
        stop();
        if (idle.length < mostIdle) idle.push(this);
        settle(replies);
      };
      for (const family of families) this.#query(name, family, add);
    });
  }

  #query(name: string, family: Family, add: (reply: Reply) => void): void {
    const answered = (error: Error | null, records: readonly { address: string; ttl: number }[]): void => {
      if (error !== null) return add({ family, code: codeOf(error) });
      // So with a CNAME that leads nowhere.
      if (records.length === 0) return add({ family, code: 'ENODATA' });
      const addresses = records.map(({ address }) => address);
      add({ family, code: undefined, addresses, ttl: Math.min(...records.map(({ ttl }) => ttl)) });
    };
    if (family === 4) this.#resolver.resolve4(name, { ttl: true }, answered);
    else this.#resolver.resolve6(name, { ttl: true }, answered);
  }
}

/** What is called off has had its time. */
function codeOf(error: Error): string {
  const code = errorCode(error) ?? 'EBADRESP';
  return code === 'ECANCELLED' ? 'ETIMEOUT' : code;
}

/** RFC 5737: no server has this address, and nothing is sent there. */
const nobody = '192.0.2.0';
