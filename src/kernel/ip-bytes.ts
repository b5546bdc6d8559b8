import { isIPv4, isIPv6 } from 'node:net';

/**
 * The 16 bytes of an IP address in network order, an IPv4 address as its IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2).
 * A zone (`fe80::1%eth0`) is ignored. Gives undefined for what is no address.
 */
export function ipBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16);
  if (isIPv4(text)) {
    bytes[10] = 0xff;
    bytes[11] = 0xff;
    writeIPv4(bytes, 12, text);
    return bytes;
  }
  if (!isIPv6(text)) return undefined;
  const zone = text.indexOf('%');
  const address = zone < 0 ? text : text.slice(0, zone);
  const gap = address.indexOf('::');
  if (gap < 0) {
    writeGroups(bytes, 0, address);
  } else {
    const tail = address.slice(gap + 2);
    writeGroups(bytes, 0, address.slice(0, gap));
    writeGroups(bytes, 16 - groupBytes(tail), tail);
  }
  return bytes;
}

/** The zone of `fe80::1%eth0`: an interface's name or number. */
export function ipZone(text: string): string | undefined {
  const at = text.indexOf('%');
  return at < 0 ? undefined : text.slice(at + 1);
}

function writeGroups(bytes: Uint8Array, start: number, groups: string): void {
  if (groups === '') return;
  let at = start;
  for (const group of groups.split(':')) {
    if (group.includes('.')) {
      writeIPv4(bytes, at, group);
      return;
    }
    const value = Number.parseInt(group, 16);
    bytes[at++] = value >> 8;
    bytes[at++] = value & 0xff;
  }
}

function groupBytes(groups: string): number {
  if (groups === '') return 0;
  const count = groups.split(':').length;
  return 2 * (groups.includes('.') ? count + 1 : count);
}

function writeIPv4(bytes: Uint8Array, start: number, text: string): void {
  let at = start;
  let value = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit >= 0) {
      value = value * 10 + digit;
    } else {
      bytes[at++] = value;
      value = 0;
    }
  }
  bytes[at] = value;
}
