import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/** One entry of a list of targets that need no proxy. */
type Rule = (host: string, port: string) => boolean;

/**
 * The targets that are connected to without a proxy, as `NO_PROXY` names them: names with all below them (`.name` and
 * `*.name`: only those below), IP addresses and networks, each but networks with a port if need be, or `*` for all.
 * The host itself, by its loopback addresses or as localhost, is always among them.
 */
export class ProxyBypass {
  readonly #rules: readonly Rule[];

  /** `list` has its entries between commas; those that mean nothing are left out, as everybody's NO_PROXY is read. */
  constructor(list: string) {
    const entries = list.split(',').map((entry) => entry.trim().toLowerCase());
    this.#rules = entries.includes('*') ? [() => true] : entries.map(readRule).filter((rule) => rule !== undefined);
  }

  /** Whether a host, by name or by IP address, is connected to directly. */
  covers(host: string, port: number): boolean {
    const name = host.toLowerCase();
    return name === 'localhost' || isLoopback(name) || this.#rules.some((rule) => rule(name, String(port)));
  }
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  return holds(loopback, host);
}

function holds(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function readRule(entry: string): Rule | undefined {
  return readNetwork(entry) ?? readHost(entry);
}

function readNetwork(entry: string): Rule | undefined {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return (host) => holds(network, host);
}

function readHost(entry: string): Rule | undefined {
  const { host, port } = splitPort(entry);
  const fits = (asked: string): boolean => port === undefined || port === asked;
  const family = isIP(host);
  if (family !== 0) {
    const address = new BlockList();
    address.addAddress(host, family === 4 ? 'ipv4' : 'ipv6');
    return (asked, askedPort) => holds(address, asked) && fits(askedPort);
  }
  const below = host.replace(/^\*(?=\.)/, '');
  const name = below.replace(/^\./, '');
  if (name === '') return undefined;
  const suffix = `.${domainToASCII(name) || name}`;
  const itself = below === name ? suffix.slice(1) : undefined;
  return (asked, askedPort) => (asked.endsWith(suffix) || asked === itself) && fits(askedPort);
}

/** `name:port`, `[address]:port`, or either without a port. */
function splitPort(entry: string): { host: string; port: string | undefined } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(entry) ?? [];
  return port === undefined ? { host: entry, port } : { host: bracketed ?? plain ?? '', port: port || undefined };
}
