import type { IpPolicy } from '../net/settings.ts';
import type { ConfigReader } from './reader.ts';

/** Reads `preferred_ip_protocol` (default ip6) and `ip_protocol_fallback` (default true). */
export function readIpPolicy(section: ConfigReader): IpPolicy {
  return {
    // blackbox_exporter prefers IPv6 when the text is empty.
    preferred: section.oneOf('preferred_ip_protocol', ['ip4', 'ip6', ''], 'ip6') || 'ip6',
    fallback: section.boolean('ip_protocol_fallback', true),
  };
}
