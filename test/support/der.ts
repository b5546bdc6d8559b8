/** Encodes one ASN.1 value by DER (X.690): tag, definite length, content. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOctets(content.length), content]);
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => tlv(0x30, ...items);

/** A SET OF, whose elements DER wants in ascending order of their octets. */
export const setOf = (...items: readonly Uint8Array[]): Buffer =>
  tlv(0x31, ...items.toSorted((a, b) => Buffer.compare(a, b)));

/** A context-specific constructed value, `[number] EXPLICIT`. */
export const explicit = (number: number, ...items: readonly Uint8Array[]): Buffer => tlv(0xa0 | number, ...items);

/** A context-specific primitive value, `[number] IMPLICIT`. */
export const implicit = (number: number, content: Uint8Array): Buffer => tlv(0x80 | number, content);

export const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));

/** A non-negative INTEGER of big-endian octets. */
export function integer(octets: Uint8Array): Buffer {
  const needsSign = octets.length === 0 || (octets[0] ?? 0) >= 0x80;
  return tlv(0x02, Buffer.from(needsSign ? [0] : []), octets);
}

export const octetString = (content: Uint8Array): Buffer => tlv(0x04, content);

/** A BIT STRING; `unused` counts the bits of the last octet that do not belong to it. */
export const bitString = (content: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), content);

/** An OBJECT IDENTIFIER in dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** UTCTime up to 2049 and GeneralizedTime from 2050 on, as RFC 5280 section 4.1.2.5 wants. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits));
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

function base128(value: number): number[] {
  const octets = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128));
  return octets;
}
