import type { ResolvedAddress } from './resolve.ts';

/** Where a connection goes: to an address and port of TCP, or to a unix socket. */
export type Endpoint = TcpEndpoint | UnixEndpoint;

export interface TcpEndpoint extends ResolvedAddress {
  readonly port: number;
}

export interface UnixEndpoint {
  /** A file's path, or an abstract name behind a NUL (unix(7)). */
  readonly path: string;
}

/** An endpoint as text: `10.0.0.1:443`, `[::1]:443`, `/run/daemon.sock`, `@name` for an abstract one. */
export function endpointText(endpoint: Endpoint): string {
  if ('path' in endpoint) return endpoint.path.replace(/^\0/, '@');
  const { address, family, port } = endpoint;
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
