import type { Connection } from '../../net/connection.ts';
import type { Connector } from '../../net/connector.ts';
import { authority, type Proxy, proxyFor, type ProxyHeader, type ProxySettings } from '../../net/proxy.ts';
import { openThroughProxy } from '../../net/proxy-connect.ts';
import type { ResolvedAddress } from '../../net/resolve.ts';
import type { IpPolicy, TlsSettings } from '../../net/settings.ts';
import { userAgent } from '../../version.ts';
import type { ProbeSignal } from '../../net/abort.ts';

/** How a target is reached: at its address, or through a proxy, which may have to look the name up itself. */
export type Route =
  | { readonly proxy: undefined; readonly address: ResolvedAddress }
  | { readonly proxy: Proxy; readonly address: ResolvedAddress | undefined };

/** What a target must be like to have a route to it. */
export interface RoutedTarget {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

/** The proxies, and what connections to them and to their names' addresses need. */
export interface RouteSettings {
  readonly proxy?: ProxySettings;
  readonly tls: TlsSettings;
  readonly policy: IpPolicy;
}

/**
 * Chooses the route to a target. The name is looked up by `resolve`, but where the proxy is to do it. Throws what
 * `resolve` throws.
 */
export async function chooseRoute(
  { proxy: settings }: RouteSettings,
  target: RoutedTarget,
  leaveNameToProxy: boolean,
  resolve: (host: string) => Promise<ResolvedAddress>,
): Promise<Route> {
  const proxy = proxyFor(settings, target);
  if (proxy !== undefined && leaveNameToProxy) return { proxy, address: undefined };
  const address = await resolve(target.host);
  return { proxy: proxy && proxyFor(settings, target, address.address), address };
}

/** The proxy that requests for the target are sent to; undefined where they go to the target itself, if by a tunnel. */
export function askedProxy({ proxy }: Route, { secure }: RoutedTarget): Proxy | undefined {
  return proxy === undefined || proxy.scheme === 'socks5' || secure ? undefined : proxy;
}

/** Opens the connection that requests are sent over, without the target's own TLS. Throws ProbeFailure. */
export function openRoute(
  connector: Connector,
  route: Route,
  target: RoutedTarget,
  { proxy: settings, tls, policy }: RouteSettings,
  signal: ProbeSignal,
): Promise<Connection> {
  const { proxy, address } = route;
  if (proxy === undefined) return connector.open(address, target.port);
  const host = address?.address ?? target.host;
  const tunnelTo = askedProxy(route, target) === undefined ? { host, port: target.port } : undefined;
  const headers = withUserAgent(settings?.connectHeaders ?? []);
  return openThroughProxy(connector, { proxy, tunnelTo, headers, tls, policy }, signal);
}

function withUserAgent(headers: readonly ProxyHeader[]): readonly ProxyHeader[] {
  if (headers.some(({ name }) => name.toLowerCase() === 'user-agent')) return headers;
  return [{ name: 'User-Agent', values: [userAgent] }, ...headers];
}

/** A route as log attributes: the address, or the proxy, that is connected to. */
export function routeAttributes({ proxy, address }: Route): Readonly<Record<string, string>> {
  return {
    ...(address !== undefined && { ip: address.address }),
    ...(proxy !== undefined && { proxy: authority(proxy.host, proxy.port) }),
  };
}
