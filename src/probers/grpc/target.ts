import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { badTarget, splitHostPort } from '../../net/target.ts';

export interface GrpcTarget {
  /** The name or IP address to connect to, without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `host:port`, or an http or https URL, whose scheme and path say nothing. Without a port it is the one of http or,
 * when `secure`, of https. Throws ProbeFailure with reason `bad_target`.
 */
export function parseTarget(target: string, secure: boolean): GrpcTarget {
  const [, authority = ''] = /^(?:https?:\/\/)?([^/?#]*)/i.exec(target) ?? [];
  const endpoint = authority.slice(authority.lastIndexOf('@') + 1);
  const port = secure ? 443 : 80;
  if (/^(\[[^[\]]*\]|[^:]*)$/.test(endpoint)) return splitHostPort(`${endpoint}:${port}`);
  return splitHostPort(endpoint.endsWith(':') ? `${endpoint}${port}` : endpoint);
}

/** The authority of a request: a name or IP address, and a port where it is to be told. Throws as `parseTarget` does. */
export function authorityOf(host: string, port?: number): string {
  const name = isIPv6(host) ? `[${host.replace(/%.*$/, '')}]` : domainToASCII(host) || host;
  if (!/^[\x21-\x7e]+$/.test(name)) throw badTarget(`${JSON.stringify(host)} is no name of a host`);
  return port === undefined ? name : `${name}:${port}`;
}
