import { closeSync, openSync } from 'node:fs';
import type { Lifetime } from '../../support/servers.ts';
import type { Cause } from './cause.ts';
import { plainKinds, tlsKinds, unixKind } from './kinds.ts';

/** Takes all descriptors that this process may still have. */
function holdDescriptors(lifetime: Lifetime): void {
  const held: number[] = [];
  lifetime.after(async () => held.forEach((descriptor) => closeSync(descriptor)));
  try {
    for (;;) held.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
  }
}

const address = '127.0.0.1:9';

/** One after the other: they use up what is for all. */
export const descriptors: readonly Cause[] = [
  ...[...plainKinds, ...tlsKinds()].map(({ name, module, scheme }) => ({ name, module, target: scheme + address })),
  { name: unixKind.name, module: unixKind.module, target: '/nonexistent' },
  { name: 'dns over UDP', module: { prober: 'dns', dns: { query_name: 'example.test' } }, target: address },
  { name: 'icmp', module: { prober: 'icmp' }, target: '127.0.0.1' },
].map(({ name, module, target }): Cause => ({
  name: `${name} without a free descriptor`,
  phase: 'connect',
  reason: 'too_many_files',
  arrange: (t) => {
    holdDescriptors(t);
    return { module, target };
  },
}));
