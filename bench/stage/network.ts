import { findProgram } from '../../test/support/peers-available.ts';
import type { Lifetime } from '../../test/support/servers.ts';
import { openNamespaces } from './namespaces.ts';
import { addressesFrom, type Place } from './place.ts';

/** The network of a run: one place for each exporter, and a line that says what it is. */
export interface Network {
  readonly description: string;
  readonly places: readonly Place[];
}

/** A namespace for the targets and one for each exporter where that is allowed, else the loopback interface. */
export async function openNetwork(lifetime: Lifetime, exporters: number): Promise<Network> {
  const ip = findProgram('ip');
  if (ip === undefined || process.platform !== 'linux' || process.getuid?.() !== 0) {
    const why = ip === undefined ? 'there is no ip(8)' : 'they need Linux and root';
    return loopback(exporters, `loopback interface, without network namespaces: ${why}`);
  }
  try {
    return {
      description: 'a network namespace for the targets and one for each exporter, joined by veth pairs',
      places: await openNamespaces(lifetime, ip, exporters),
    };
  } catch (error) {
    // In a container, root may not be allowed to.
    return loopback(exporters, `loopback interface, without network namespaces: ${String(error).trim()}`);
  }
}

function loopback(exporters: number, description: string): Network {
  const place: Place = {
    exporter: [],
    targets: [],
    peer: undefined,
    host: '127.0.0.1',
    ...addressesFrom(127, 64),
  };
  return { description, places: Array.from({ length: exporters }, () => place) };
}
