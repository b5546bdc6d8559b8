import { isIP } from 'node:net';

export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/** Reads `10.0.0.2`, `10.0.0.2:5353`, `2001:db8::1` or `[2001:db8::1]:5353`. Throws an Error that says what is wrong. */
export function splitServer(text: string): ServerAddress {
  if (isIP(text) !== 0) return checked(text, text, 53);
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^[\]:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  return checked(text, bracketed ?? plain ?? '', Number(port ?? 53));
}

function checked(text: string, address: string, port: number): ServerAddress {
  const name = JSON.stringify(text);
  if (isIP(address) === 0) throw new Error(`${name} is no IP address, nor one with a port ([address]:port for IPv6)`);
  // Node.js cannot tell c-ares of the zone.
  if (address.includes('%')) throw new Error(`${name} has a zone: name servers with one are not supported`);
  if (port < 1 || port > 65535) throw new Error(`${name} has a port that is none from 1 to 65535`);
  return { address, port };
}
