import { hostname } from 'node:os';
import { domainToASCII } from 'node:url';
import { asFailure } from '../error-reason.ts';
import type { NameResolver, ResolvedAddress } from '../resolve.ts';
import { AnswerCache } from './answer-cache.ts';
import { type Answer, askServers } from './ask-servers.ts';
import type { Family } from './channel.ts';
import { parseHosts } from './hosts-file.ts';
import { type AskSettings, parseResolvConf, type ResolvConf } from './resolv-conf.ts';
import { candidates } from './search-list.ts';
import { SystemFile } from './system-file.ts';
import { systemResolver } from './system-resolver.ts';
import type { ProbeSignal } from '../abort.ts';

export interface StubResolverOptions extends Partial<Pick<AskSettings, 'servers' | 'timeout' | 'attempts'>> {
  /** Whether answers are kept for their TTL. */
  readonly cache?: boolean;
  readonly hostsFile?: string;
  readonly resolvConfFile?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Milliseconds, of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Looks names up as getaddrinfo(3) does with `hosts: files dns`: in the hosts file, then by DNS with the search list of
 * resolv.conf. With `servers` these alone are asked, for names as they are written.
 */
export class StubResolver implements NameResolver {
  readonly #hosts: SystemFile<ReturnType<typeof parseHosts>> | undefined;
  readonly #conf: { readonly value: ResolvConf };
  readonly #given: Partial<AskSettings>;
  readonly #cache: AnswerCache | undefined;
  #turn = 0;

  constructor(options: StubResolverOptions = {}) {
    const { servers, timeout, attempts, now } = options;
    this.#given = {
      ...(timeout !== undefined && { timeout }),
      ...(attempts !== undefined && { attempts }),
    };
    this.#cache = options.cache === true ? new AnswerCache(now) : undefined;
    if (servers === undefined) {
      const environment = options.environment ?? process.env;
      this.#hosts = new SystemFile(options.hostsFile ?? '/etc/hosts', parseHosts, now);
      this.#conf = new SystemFile(
        options.resolvConfFile ?? '/etc/resolv.conf',
        (text) => parseResolvConf(text, environment, hostname()),
        now,
      );
    } else {
      this.#conf = { value: { ...parseResolvConf(''), servers } };
    }
  }

  lookup(host: string, families: readonly Family[], signal: ProbeSignal): Promise<readonly ResolvedAddress[]> {
    const name = asciiName(host);
    const known = this.#withoutDns(name.replace(/\.$/, ''));
    if (known !== undefined) return Promise.resolve(known.filter(({ family }) => families.includes(family)));
    const kept = this.#cache?.get(cacheKey(name, families));
    if (kept !== undefined) return Promise.resolve(kept.addresses);
    return this.#search(host, name, families, signal);
  }

  /** The hosts file goes first; of localhost nobody need be asked: RFC 6761, section 6.3. */
  #withoutDns(name: string): readonly ResolvedAddress[] | undefined {
    const hosts = this.#hosts?.value;
    const listed = hosts?.get(name);
    if (listed !== undefined) return listed;
    return name === 'localhost' || name.endsWith('.localhost') ? (hosts?.get('localhost') ?? loopback) : undefined;
  }

  async #search(
    host: string,
    name: string,
    families: readonly Family[],
    signal: ProbeSignal,
  ): Promise<readonly ResolvedAddress[]> {
    const conf = this.#conf.value;
    const settings = { ...conf, ...this.#given, servers: this.#inTurn(conf) };
    const names = candidates(name, conf);
    const failed: Answer[] = [];
    for (const candidate of names) {
      const answer = await askServers(candidate, families, settings, signal);
      if (answer.addresses.length > 0) {
        this.#cache?.add(cacheKey(name, families), answer);
        return answer.addresses;
      }
      failed.push({ ...answer, report: names.length === 1 ? answer.report : `${candidate}: ${answer.report}` });
      if (endsSearch(answer)) break;
    }
    throw asFailure(errorOf(failed), 'resolve', `Cannot resolve ${host}`);
  }

  #inTurn({ servers, rotate }: ResolvConf): readonly string[] {
    if (!rotate) return servers;
    const first = this.#turn++ % servers.length;
    return [...servers.slice(first), ...servers.slice(0, first)];
  }
}

/** Looks names up as this machine is set up to; Windows has no resolv.conf. */
export const machineResolver: NameResolver = process.platform === 'win32' ? systemResolver : new StubResolver();

const loopback: readonly ResolvedAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

function cacheKey(name: string, families: readonly Family[]): string {
  return `${families.join()} ${name}`;
}

/** In lower case, with letters beyond ASCII as DNS has them: RFC 5891. */
function asciiName(host: string): string {
  return (/^[\0-\x7f]*$/.test(host) ? host : domainToASCII(host)).toLowerCase();
}

/** A server that says nothing would say nothing of the next name, as getaddrinfo holds. */
function endsSearch({ code }: Answer): boolean {
  return !['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'EREFUSED', 'EFORMERR', 'ENOTIMP'].includes(code);
}

/** Of what befell the candidates: a server that failed might have known the name; a name without address is one. */
function errorOf(failed: readonly Answer[]): Error {
  const [first] = failed;
  if (first === undefined) return Object.assign(new Error('that is no name of a host'), { code: 'ENOTFOUND' });
  const codes = failed.map(({ code }) => code);
  const problem = codes.find((code) => code !== 'ENOTFOUND' && code !== 'ENODATA');
  const code = problem ?? (codes.includes('ENODATA') ? 'ENODATA' : first.code);
  return Object.assign(new Error(failed.map(({ report }) => report).join('; ')), { code });
}
