import { closeSync, openSync } from 'node:fs';
import type { Phase } from '../../../src/net/failure.ts';
import { root } from '../../support/identities.ts';
import type { Lifetime } from '../../support/servers.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
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

const connections = [
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

/** A module's file is read when it is needed, and when it has changed. */
const reading: readonly (readonly [phase: Phase, module: (file: string) => object])[] = [
  ['tls', (ca_file) => ({ prober: 'tcp', tcp: { tls: true, tls_config: { ca_file } } })],
  ['request', (body_file) => ({ prober: 'http', http: { body_file } })],
];

const files = reading.map(([phase, module]): Cause => ({
  name: `a file that is to be read in phase ${phase}, without a free descriptor`,
  phase,
  reason: 'too_many_files',
  arrange: (t) => {
    const file = temporaryFile(`unread-${phase}`, root.cert);
    holdDescriptors(t);
    return { module: module(file), target: address };
  },
}));

/** One after the other: they use up what is for all. */
export const descriptors: readonly Cause[] = [...connections, ...files];
