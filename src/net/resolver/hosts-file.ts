import { isIP } from 'node:net';
import type { ResolvedAddress } from '../resolve.ts';

/** Addresses by name in lower case, in the order of the file. */
export type Hosts = ReadonlyMap<string, readonly ResolvedAddress[]>;

/** Reads a hosts file, hosts(5): an address and its names a line. Lines that are none are left out, as getaddrinfo does. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, ResolvedAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    if (family !== 4 && family !== 6) continue;
    for (const name of names) add(hosts, name.toLowerCase(), { address, family });
  }
  return hosts;
}

function add(hosts: Map<string, ResolvedAddress[]>, name: string, entry: ResolvedAddress): void {
  const known = hosts.get(name);
  if (known === undefined) hosts.set(name, [entry]);
  else if (!known.some(({ address }) => address === entry.address)) known.push(entry);
}
