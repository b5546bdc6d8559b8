import { abortFailure, type ProbeSignal } from '../abort.ts';
import { errorCode } from '../error-reason.ts';
import { ProbeFailure } from '../failure.ts';
import type { ResolvedAddress } from '../resolve.ts';
import { ask, type Family, type Reply } from './channel.ts';
import { whyUnreachable } from './reach.ts';
import type { AskSettings } from './resolv-conf.ts';

/** What the servers say of a name. */
export interface Answer {
  readonly addresses: readonly ResolvedAddress[];
  /** Seconds for which the addresses hold; 0 when not all could be asked for. */
  readonly ttl: number;
  /** Without an address: ENOTFOUND when there is no such name, ENODATA when it has no such address, else what went wrong. */
  readonly code: string;
  /** Which servers were asked, and what came of it. */
  readonly report: string;
}

/**
 * Asks one server after the other for a name's addresses, until each IP version is settled: with addresses, or by the
 * answer that there are none. A server that fails leaves it to the next. Throws ProbeFailure only when called off.
 */
export async function askServers(
  name: string,
  families: readonly Family[],
  { servers, timeout, attempts }: AskSettings,
  signal: ProbeSignal,
): Promise<Answer> {
  const asking = new Asking(families);
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (const server of servers) {
      if (signal.aborted) throw abortFailure(signal, 'resolve');
      const replies = await ask({ server, name, families: asking.open, timeout }, signal);
      if (signal.aborted) throw calledOff(signal, name, server);
      for (const reply of replies) {
        asking.add(server, reply.code === 'ECONNREFUSED' ? await explained(reply, server) : reply);
      }
      if (asking.open.length === 0) return asking.answer();
    }
  }
  return asking.answer();
}

function calledOff(signal: ProbeSignal, name: string, server: string): ProbeFailure {
  const { reason, message } = abortFailure(signal, 'resolve');
  return new ProbeFailure('resolve', reason, `${message}, while the name server ${server} was asked for ${name}`);
}

/** Gives a question that c-ares holds for refused the code of what happened. */
async function explained(reply: Reply & { readonly code: string }, server: string): Promise<Reply> {
  return { family: reply.family, code: errorCode(await whyUnreachable(server)) ?? reply.code };
}

const noSuchName = 'ENOTFOUND';
const noSuchAddress = 'ENODATA';

class Asking {
  /** What is still to be asked for. */
  open: readonly Family[];
  readonly #replies: { readonly server: string; readonly reply: Reply }[] = [];

  constructor(families: readonly Family[]) {
    this.open = families;
  }

  add(server: string, reply: Reply): void {
    const { family, code } = reply;
    this.#replies.push({ server, reply });
    // There is no such name, whatever one asks for: RFC 8020.
    if (code === noSuchName) this.open = [];
    else if (code === undefined || code === noSuchAddress) this.open = this.open.filter((other) => other !== family);
  }

  answer(): Answer {
    const addresses: ResolvedAddress[] = [];
    let ttl = this.open.length === 0 ? Infinity : 0;
    /** Why there are no addresses, by IP version. */
    const codes = new Map<Family, string>();
    /** What each server said last. */
    const said = new Map<string, string>();
    for (const { server, reply } of this.#replies) {
      const { family, code } = reply;
      said.set(server, saying(code));
      if (code === undefined) {
        for (const address of reply.addresses) addresses.push({ address, family });
        ttl = Math.min(ttl, reply.ttl);
      } else {
        codes.set(family, code);
      }
    }
    const report = [...said].map(([server, what]) => `${server} ${what}`).join(', ');
    return { addresses, ttl, code: gravest([...codes.values()]), report };
  }
}

function gravest(codes: readonly string[]): string {
  if (codes.includes(noSuchName)) return noSuchName;
  return codes.find((each) => each !== noSuchAddress) ?? noSuchAddress;
}

function saying(code: string | undefined): string {
  switch (code) {
    case undefined:
      return 'has addresses';
    case noSuchName:
      return 'knows no such name';
    case noSuchAddress:
      return 'knows no such address';
    case 'ETIMEOUT':
      return 'does not answer';
    case 'ECONNREFUSED':
      return 'refuses to be asked';
    case 'EBADRESP':
      return 'answers what is no answer';
    default:
      return /^E(SERVFAIL|REFUSED|FORMERR|NOTIMP)$/.test(code)
        ? `answers ${code.slice(1)}`
        : `cannot be asked (${code})`;
  }
}
