import { isIP } from 'node:net';
import { literalAddress } from '../net/resolve.ts';
import type { ConnectionSettings } from '../net/settings.ts';
import { quote } from './decode.ts';
import type { ConfigReader } from './reader.ts';

/** Reads a module's `connection` section. */
export function readConnectionSettings(section: ConfigReader): ConnectionSettings {
  const close = section.oneOf('close', ['reset', 'fin'], 'reset');
  const connectTimeout = readTimeout(section, 'connect_timeout');
  const tlsHandshakeTimeout = readTimeout(section, 'tls_handshake_timeout');
  const sourceAddress = readSourceAddress(section);
  return {
    close,
    ...(connectTimeout !== undefined && { connectTimeout }),
    ...(tlsHandshakeTimeout !== undefined && { tlsHandshakeTimeout }),
    ...(sourceAddress !== undefined && { sourceAddress }),
  };
}

/** Reads `source_ip_address`: the local address to connect from. Undefined when it is absent or empty. */
export function readSourceAddress(section: ConfigReader): string | undefined {
  const address = section.string('source_ip_address', '');
  if (address === '') {
    return undefined;
  }
  if (isIP(address) === 0 || address.includes('%')) {
    section.fail('source_ip_address', `must be an IP address, not ${quote(address)}`);
  }
  return literalAddress(address)?.address;
}

function readTimeout(section: ConfigReader, key: string): number | undefined {
  const timeout = section.duration(key);
  if (timeout === 0) {
    section.fail(key, 'must be more than 0: leave it out for no limit but that of the probe');
  }
  return timeout;
}
