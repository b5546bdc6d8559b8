import { isIP } from 'node:net';
import { badTarget, type HostPort, splitHostPort } from '../../net/target.ts';
import { type HttpTarget, parseTarget } from '../http/target.ts';
import type { Transport } from './options.ts';

/** Where a query goes. */
export interface DnsTarget extends HostPort {
  /** Undefined but for DNS over HTTPS. */
  readonly url: HttpTarget | undefined;
}

/** Reads a target: `host` or `host:port`, for DNS over HTTPS also a URL. Throws ProbeFailure with reason `bad_target`. */
export function parseDnsTarget(target: string, transport: Transport): DnsTarget {
  if (transport !== 'https') return { ...hostPort(target, transport === 'tls' ? 853 : 53), url: undefined };
  const url = parseTarget(target.includes('://') ? target : `https://${target}`);
  if (!url.secure) throw badTarget(`The target ${JSON.stringify(target)} must be an https URL`);
  return { host: url.host, port: url.port, url };
}

function hostPort(target: string, defaultPort: number): HostPort {
  const bracketed = /^\[([^[\]]*)\]$/.exec(target)?.[1];
  if (bracketed !== undefined) return { host: bracketed, port: defaultPort };
  if (!target.includes(':') || isIP(target) !== 0) return { host: target, port: defaultPort };
  return splitHostPort(target);
}
