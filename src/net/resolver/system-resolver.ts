import dns from 'node:dns';
import { abortFailure, onAbort, type ProbeSignal } from '../abort.ts';
import { asFailure } from '../error-reason.ts';
import type { NameResolver, ResolvedAddress } from '../resolve.ts';
import type { Family } from './channel.ts';

/**
 * Looks names up by getaddrinfo(3), with all that the system is told to ask. It waits in one of the few threads of the
 * runtime, and goes on when the probe is called off: names that nobody answers hold up others.
 */
export const systemResolver: NameResolver = {
  lookup(host: string, families: readonly Family[], signal: ProbeSignal): Promise<readonly ResolvedAddress[]> {
    const family = families.length > 1 ? 0 : (families[0] ?? 0);
    return new Promise((settle, reject) => {
      const stop = onAbort(signal, () => reject(abortFailure(signal, 'resolve')));
      if (signal.aborted) return;
      dns.lookup(host, { family, all: true, order: 'verbatim' }, (error, addresses) => {
        stop();
        if (error === null) settle(addresses.map(({ address, family }) => ({ address, family: family === 4 ? 4 : 6 })));
        // It does not tell a name without such an address from no name.
        else if (family !== 0 && error.code === 'ENOTFOUND') settle([]);
        else reject(asFailure(error, 'resolve', `Cannot resolve ${host}`));
      });
    });
  },
};
