import { fullListener } from '../../support/full-listener.ts';
import { serveTcp } from '../../support/servers.ts';
import type { Cause } from './cause.ts';
import { plainKinds, serveKind, tlsKinds, unixKind } from './kinds.ts';

const kinds = [...plainKinds, unixKind, ...tlsKinds()];

/** Whoever asked goes as soon as the server has heard of the probe. */
const answered = kinds.map((kind): Cause => ({
  name: `${kind.name} that nobody waits for any more`,
  phase: kind.waits,
  reason: 'cancelled',
  arrange: async (t) => {
    const controller = new AbortController();
    const target = await serveKind(t, kind, (socket) => void socket.once('data', () => controller.abort()));
    return { module: kind.module, target, signal: controller.signal };
  },
}));

const shakingHands = tlsKinds().map((kind): Cause => ({
  name: `${kind.name} that nobody waits for any more in its handshake`,
  phase: 'tls',
  reason: 'cancelled',
  arrange: async (t) => {
    const controller = new AbortController();
    const { address } = await serveTcp(t, (socket) => void socket.once('data', () => controller.abort()));
    return { module: kind.module, target: kind.scheme + address, signal: controller.signal };
  },
}));

const connecting = plainKinds.map((kind): Cause => ({
  name: `${kind.name} that nobody waits for any more while it connects`,
  phase: 'connect',
  reason: 'cancelled',
  arrange: async (t) => {
    const controller = new AbortController();
    const target = `${kind.scheme}127.0.0.1:${await fullListener(t)}`;
    setTimeout(() => controller.abort(), 100);
    return { module: kind.module, target, signal: controller.signal };
  },
}));

export const cancelled: readonly Cause[] = [...answered, ...shakingHands, ...connecting];
