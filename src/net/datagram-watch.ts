import type { Socket } from 'node:dgram';
import { datagramAge, stampDatagrams } from '../kernel/datagram-age.ts';

/**
 * From now on tells, of a bound socket, how many milliseconds ago the datagram that it was given last had come. What it
 * gives is undefined where the kernel cannot be asked.
 */
export function watchDatagrams(socket: Socket): () => number | undefined {
  const fd = descriptorOf(socket);
  if (fd === undefined || !stampDatagrams(fd)) return () => undefined;
  return () => datagramAge(fd);
}

/** The file descriptor under a socket, as libuv holds it; undefined on a system without descriptors. */
function descriptorOf(socket: Socket): number | undefined {
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol');
  if (symbol === undefined) return undefined;
  const { handle } =
    (socket as unknown as Record<symbol, { readonly handle?: { readonly fd?: number } | null }>)[symbol] ?? {};
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}
