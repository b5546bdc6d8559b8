import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { ProbeFailure } from './failure.ts';

/** A host (name or IP address, without brackets) and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, `10.0.0.1:25` or `[2001:db8::1]:443`. Throws ProbeFailure with reason `bad_target`. */
export function splitHostPort(target: string): HostPort {
  const match = /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^[\]:]*)$/.exec(target);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3];
  if (host === undefined || port === undefined) {
    throw badTarget(`The target ${JSON.stringify(target)} is no host:port ([address]:port for IPv6)`);
  }
  if (!/^\d+$/.test(port) || Number(port) > 65535) {
    throw badTarget(`The port ${JSON.stringify(port)} of the target is no number from 0 to 65535`);
  }
  return { host, port: Number(port) };
}

/** The failure of a target that cannot be understood. */
export function badTarget(message: string): ProbeFailure {
  return new ProbeFailure('admission', 'bad_target', message);
}

/**
 * The host of a target, whatever its prober takes: a URL, `host:port`, an address or a name. The same host gives the
 * same text, however it is written; a target without a host, a unix socket for one, is its own.
 */
export function hostOf(target: string): string {
  if (/^(?:unix:|[/@])/i.test(target)) return target;
  const [, authority = ''] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)/i.exec(target) ?? [];
  const end = authority.slice(authority.lastIndexOf('@') + 1);
  const host = isIPv6(end) ? `[${end}]` : end.replace(/:[^:\]]*$/, '');
  return (domainToASCII(host) || host.toLowerCase()).replace(/^\[|\]$|\.$/g, '');
}
