import type { Connection } from './connection.ts';
import type { Connector } from './connector.ts';
import { ProbeFailure } from './failure.ts';
import { authority, basicCredentials, type Proxy, type ProxyHeader, proxyText } from './proxy.ts';
import type { IpPolicy, TlsSettings } from './settings.ts';
import { connectBySocks } from './socks.ts';
import { StreamReader } from './stream-reader.ts';
import type { ProbeSignal } from './abort.ts';

/** How a probe goes through a proxy. */
export interface ProxyRoute {
  readonly proxy: Proxy;
  /** What the proxy is to connect to; undefined when it gets requests for the target itself. */
  readonly tunnelTo: { readonly host: string; readonly port: number } | undefined;
  /** What CONNECT carries beside Host and Proxy-Authorization. */
  readonly headers: readonly ProxyHeader[];
  /** For the proxy's own certificate, if it has one. */
  readonly tls: TlsSettings;
  /** For the proxy's own name. */
  readonly policy: IpPolicy;
}

/**
 * Connects to a proxy and, where there is a tunnel, through it: what is then written goes to the target. Throws
 * ProbeFailure in phase `proxy`.
 */
export async function openThroughProxy(
  connector: Connector,
  route: ProxyRoute,
  signal: ProbeSignal,
): Promise<Connection> {
  const { proxy, tunnelTo } = route;
  try {
    const address = await connector.resolve(proxy.host, { ...route.policy, fallback: true });
    const connection = await connector.open(address, proxy.port);
    if (proxy.scheme === 'https') await connection.startProxyTls(proxyTls(route));
    if (tunnelTo !== undefined) {
      const reader = new StreamReader(connection.stream, signal, 'proxy');
      if (proxy.scheme === 'socks5') await connectBySocks(connection.stream, reader, proxy, tunnelTo);
      else await connectByHttp(connection, reader, route, authority(tunnelTo.host, tunnelTo.port));
      if (reader.detach().length > 0)
        throw failed('bad_response', 'It sent data before anything was asked of the target');
    }
    return connection;
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    throw failed(error.reason, `The proxy ${proxyText(proxy)}: ${error.message}`, error);
  }
}

/** A configured server name is the target's. */
function proxyTls({ proxy, tls }: ProxyRoute): Parameters<Connection['startProxyTls']>[0] {
  const { serverName: _, ...settings } = tls;
  return { settings, host: proxy.host, alpn: ['http/1.1'] };
}

const maxHead = 64 * 1024;

/** CONNECT, RFC 9110, section 9.3.6. */
async function connectByHttp(
  { stream }: Connection,
  reader: StreamReader,
  { proxy, headers }: ProxyRoute,
  target: string,
): Promise<void> {
  const lines = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`];
  for (const { name, values } of headers) {
    if (!ownHeaders.has(name.toLowerCase())) lines.push(...values.map((value) => `${name}: ${value}`));
  }
  if (proxy.credentials !== undefined) lines.push(`Proxy-Authorization: ${basicCredentials(proxy.credentials)}`);
  stream.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const status = await readLine(reader, maxHead);
  const [, code] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(status) ?? [];
  if (code === undefined) throw failed('bad_response', 'It answers CONNECT with what is no HTTP');
  if (code !== '200') throw failed('status', `It answers CONNECT ${target} with ${status.slice(9, 100)}`);
  for (let left = maxHead, line = status; line !== ''; left -= line.length + 2) line = await readLine(reader, left);
}

/** Headers of CONNECT that are the connection's own business. */
const ownHeaders = new Set(['host', 'content-length', 'transfer-encoding', 'trailer', 'connection']);

async function readLine(reader: StreamReader, limit: number): Promise<string> {
  const line = await reader.readLine(Math.max(0, limit));
  if (line === undefined) throw failed('closed', 'It closed the connection without an answer to CONNECT');
  return line.toString('latin1');
}

function failed(reason: ProbeFailure['reason'], message: string, cause?: unknown): ProbeFailure {
  return new ProbeFailure('proxy', reason, message, { cause });
}
