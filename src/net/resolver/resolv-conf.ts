import { splitServer } from './server-address.ts';

/** Which name servers to ask, and how long. */
export interface AskSettings {
  /** `10.0.0.2`, `10.0.0.2:5353`, `[2001:db8::1]:5353`, in the order in which they are asked; at least one. */
  readonly servers: readonly string[];
  /** Milliseconds for a server to answer. */
  readonly timeout: number;
  /** How often each is asked. */
  readonly attempts: number;
  /** Whether each lookup begins with the next server. */
  readonly rotate: boolean;
}

/** What resolv.conf(5) says. */
export interface ResolvConf extends AskSettings {
  /** The domains in which a name is looked for. */
  readonly search: readonly string[];
  /** How many dots a name needs to be looked for as it is first. */
  readonly ndots: number;
}

/** c-ares waits no longer for one answer, in milliseconds. */
export const longestTimeout = 5000;

const mostServers = 3;

/**
 * Reads a resolv.conf. What `environment` has in LOCALDOMAIN and RES_OPTIONS goes before it; without a list of domains
 * the domain of the machine's name counts. Unknown lines and options are left out, as getaddrinfo does.
 */
export function parseResolvConf(
  text: string,
  environment: NodeJS.ProcessEnv = {},
  machineName: string = '',
): ResolvConf {
  const servers: string[] = [];
  const options = new Map<string, number>();
  const dot = machineName.indexOf('.');
  let search = dot === -1 ? [] : [machineName.slice(dot + 1)];
  for (const line of text.split('\n')) {
    const [keyword = '', ...words] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver') addServer(servers, words[0] ?? '');
    else if (keyword === 'search') search = words;
    else if (keyword === 'domain') search = words.slice(0, 1);
    else if (keyword === 'options') readOptions(options, words);
  }
  if (environment['LOCALDOMAIN'] !== undefined) search = wordsOf(environment['LOCALDOMAIN']);
  readOptions(options, wordsOf(environment['RES_OPTIONS'] ?? ''));
  return {
    servers: servers.length === 0 ? ['127.0.0.1'] : servers,
    search: search.map((domain) => domain.replace(/\.$/, '')).filter((domain) => domain !== ''),
    ndots: Math.min(options.get('ndots') ?? 1, 15),
    timeout: Math.min(Math.max(options.get('timeout') ?? 5, 1) * 1000, longestTimeout),
    attempts: Math.min(Math.max(options.get('attempts') ?? 2, 1), 5),
    rotate: options.has('rotate'),
  };
}

/** One that c-ares cannot be told of, such as fe80::1%eth0, is left out. A port is allowed, as OpenBSD does. */
function addServer(servers: string[], address: string): void {
  if (servers.length < mostServers && isServer(address)) servers.push(address);
}

function isServer(text: string): boolean {
  try {
    splitServer(text);
    return true;
  } catch {
    return false;
  }
}

function readOptions(options: Map<string, number>, words: readonly string[]): void {
  for (const word of words) {
    const [, name, number] = /^([a-z-]+)(?::(\d+))?$/.exec(word) ?? [];
    if (name === 'rotate' || number !== undefined) options.set(name ?? '', Number(number ?? 0));
  }
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
