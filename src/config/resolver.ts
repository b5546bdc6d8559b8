import type { NameResolver } from '../net/resolve.ts';
import { longestTimeout } from '../net/resolver/resolv-conf.ts';
import { splitServer } from '../net/resolver/server-address.ts';
import { StubResolver } from '../net/resolver/stub-resolver.ts';
import { systemResolver } from '../net/resolver/system-resolver.ts';
import type { ConfigReader } from './reader.ts';

/** Reads a module's `resolver` section: how its probes look names up. Undefined when it says nothing. */
export function readResolver(section: ConfigReader): NameResolver | undefined {
  const system = section.boolean('system', false);
  const servers = readServers(section);
  const timeout = readTimeout(section);
  const attempts = section.integer('attempts', { min: 1, max: 10 });
  const cache = section.boolean('cache', false);
  if (system) {
    for (const key of ['servers', 'timeout', 'attempts', 'cache']) {
      if (section.has(key)) section.fail(key, 'the system decides it: leave this out, or system');
    }
    return systemResolver;
  }
  if (servers === undefined && timeout === undefined && attempts === undefined && !cache) return undefined;
  return new StubResolver({
    cache,
    ...(servers !== undefined && { servers }),
    ...(timeout !== undefined && { timeout }),
    ...(attempts !== undefined && { attempts }),
  });
}

function readServers(section: ConfigReader): string[] | undefined {
  const servers = section.strings('servers');
  if (!section.has('servers')) return undefined;
  if (servers.length === 0) section.fail('servers', 'must name a server');
  for (const server of servers) {
    try {
      splitServer(server);
    } catch (error) {
      section.fail('servers', error instanceof Error ? error.message : String(error));
    }
  }
  return servers;
}

function readTimeout(section: ConfigReader): number | undefined {
  const timeout = section.duration('timeout');
  if (timeout !== undefined && (timeout === 0 || timeout > longestTimeout)) {
    section.fail('timeout', 'must be more than 0, and at most 5s: more attempts wait longer');
  }
  return timeout;
}
