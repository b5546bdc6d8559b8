import type { ProxyBypass } from './proxy-bypass.ts';

/** A server that connections go through. */
export interface Proxy {
  readonly scheme: 'http' | 'https' | 'socks5';
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** `user:password`; undefined when the proxy wants none. */
  readonly credentials: string | undefined;
}

/** A header that is sent once for each value. */
export interface ProxyHeader {
  readonly name: string;
  readonly values: readonly string[];
}

/** Which targets are connected to through which proxy. */
export interface ProxySettings {
  /** The proxy for plain HTTP; undefined for none. */
  readonly forHttp: Proxy | undefined;
  /** The proxy for HTTP over TLS; undefined for none. */
  readonly forHttps: Proxy | undefined;
  /** Targets that are connected to directly; undefined when no target is. */
  readonly bypass: ProxyBypass | undefined;
  /** What CONNECT requests carry. */
  readonly connectHeaders: readonly ProxyHeader[];
}

/** A target as the choice of its proxy sees it. */
export interface ProxiedTarget {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

/** The proxy on the way to a target, which `address` belongs to where it is known; undefined when there is none. */
export function proxyFor(
  settings: ProxySettings | undefined,
  { secure, host, port }: ProxiedTarget,
  address?: string,
): Proxy | undefined {
  const proxy = secure ? settings?.forHttps : settings?.forHttp;
  if (proxy === undefined || settings?.bypass?.covers(host, port) === true) return undefined;
  return address !== undefined && settings?.bypass?.covers(address, port) === true ? undefined : proxy;
}

/** A proxy as text, without its credentials: `http://proxy.example:3128`. */
export function proxyText({ scheme, host, port }: Proxy): string {
  return `${scheme}://${authority(host, port)}`;
}

/** `host:port`, IPv6 addresses in brackets. */
export function authority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The value of an Authorization or Proxy-Authorization header (RFC 7617). */
export function basicCredentials(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
