/** One element of DER (ITU-T X.690): its tag byte, and where its content lies. */
export interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

export const derTags = {
  integer: 0x02,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  numericString: 0x12,
  bmpString: 0x1e,
  utcTime: 0x17,
  generalizedTime: 0x18,
  enumerated: 0x0a,
  octetString: 0x04,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Reads the element at `offset`. Throws RangeError when it does not fit into `bytes`. */
export function readDer(bytes: Uint8Array, offset: number): DerElement {
  const tag = byteAt(bytes, offset);
  let position = offset + 1;
  let length = byteAt(bytes, position++);
  if (length & 0x80) {
    const lengthBytes = length & 0x7f;
    if (lengthBytes === 0 || lengthBytes > 4) throw new RangeError('DER length is not definite or too large');
    length = 0;
    for (let index = 0; index < lengthBytes; index++) length = length * 256 + byteAt(bytes, position++);
  }
  const end = position + length;
  if (end > bytes.length) throw new RangeError('DER element is longer than its data');
  return { tag, start: offset, contentStart: position, end };
}

/** The elements inside a constructed element. */
export function derChildren(bytes: Uint8Array, parent: DerElement): DerElement[] {
  const children: DerElement[] = [];
  for (let offset = parent.contentStart; offset < parent.end;) {
    const child = readDer(bytes, offset);
    if (child.end > parent.end) throw new RangeError('DER element is longer than its parent');
    children.push(child);
    offset = child.end;
  }
  return children;
}

/** The content bytes of an element. */
export function derContent(bytes: Uint8Array, element: DerElement): Uint8Array {
  return bytes.subarray(element.contentStart, element.end);
}

/** An object identifier's content in dotted form. */
export function oidText(content: Uint8Array): string {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (arcs.length === 0) {
      const first = Math.min(Math.floor(value / 40), 2);
      arcs.push(first, value - 40 * first);
    } else {
      arcs.push(value);
    }
    value = 0;
  }
  return arcs.join('.');
}

/** The text of a string element; undefined when it is none of the types that names use. */
export function derString(bytes: Uint8Array, element: DerElement): string | undefined {
  const content = Buffer.from(derContent(bytes, element));
  switch (element.tag) {
    case derTags.utf8String:
      return content.toString('utf8');
    case derTags.printableString:
    case derTags.ia5String:
    case derTags.numericString:
    case derTags.t61String:
      return content.toString('latin1');
    case derTags.bmpString:
      return content.length % 2 === 0 ? content.swap16().toString('utf16le') : undefined;
    default:
      return undefined;
  }
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new RangeError('DER data ends too early');
  return byte;
}

/** A UTCTime or GeneralizedTime (RFC 5280 section 4.1.2.5) in seconds since the epoch. Throws RangeError for anything else. */
export function derTime(bytes: Uint8Array, element: DerElement): number {
  const text = Buffer.from(derContent(bytes, element)).toString('latin1');
  const short = element.tag === derTags.utcTime;
  const [, year = '', ...rest] =
    (short ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/).exec(
      text,
    ) ?? [];
  if (year === '' || (!short && element.tag !== derTags.generalizedTime)) throw new RangeError('DER time is malformed');
  const [month = 0, ...others] = rest.map(Number);
  const century = !short ? '' : Number(year) < 50 ? '20' : '19';
  const [day = 0, hour = 0, minute = 0, second = 0] = others;
  return Date.UTC(Number(century + year), month - 1, day, hour, minute, second) / 1000;
}
