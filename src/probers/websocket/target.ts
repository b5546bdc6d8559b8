import { badTarget } from '../../net/target.ts';
import { type HttpTarget, parseTarget as parseHttpTarget } from '../http/target.ts';

/**
 * Reads a ws or wss URL as that of its handshake; http and https stand for the same, and no scheme for ws. Throws
 * ProbeFailure with reason `bad_target`.
 */
export function parseTarget(target: string): HttpTarget {
  const [, scheme = 'ws'] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(target) ?? [];
  if (!/^(ws|http)s?$/i.test(scheme)) {
    throw badTarget(`The target ${JSON.stringify(target)} is no URL of a WebSocket: it begins with ws:// or wss://`);
  }
  return parseHttpTarget(asHttp(target));
}

/** A URL with http for ws, and https for wss. */
export function asHttp(url: string): string {
  return url.replace(/^ws(s?:\/\/)/i, 'http$1');
}
