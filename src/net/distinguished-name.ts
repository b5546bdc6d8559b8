import { type DerElement, derChildren, derContent, derString, oidText } from './der.ts';

/** The attributes with a short name, in the order in which the text gives them. */
const namedAttributes: readonly (readonly [oid: string, name: string, single: boolean])[] = [
  ['2.5.4.5', 'SERIALNUMBER', true],
  ['2.5.4.3', 'CN', true],
  ['2.5.4.11', 'OU', false],
  ['2.5.4.10', 'O', false],
  ['2.5.4.17', 'POSTALCODE', false],
  ['2.5.4.9', 'STREET', false],
  ['2.5.4.7', 'L', false],
  ['2.5.4.8', 'ST', false],
  ['2.5.4.6', 'C', false],
];
const namedOids = new Set(namedAttributes.map(([oid]) => oid));

/**
 * A certificate's Name (RFC 5280, section 4.1.2.4) as one text in the style of RFC 2253, written exactly as
 * blackbox_exporter's labels have it: attributes grouped by type in a fixed order (values of one type joined by `+`),
 * then unnamed attributes, last first, as `oid=value`.
 */
export function distinguishedName(bytes: Uint8Array, name: DerElement): string {
  const attributes = readAttributes(bytes, name);
  const parts: string[] = [];
  for (const [oid, short, single] of namedAttributes) {
    let values = attributes.filter((attribute) => attribute.oid === oid).map(({ value }) => value);
    if (single) values = values.slice(-1).filter((value) => value !== '');
    if (values.length > 0) parts.push(values.map((value) => `${short}=${escapeValue(value)}`).join('+'));
  }
  const unnamed = attributes.filter(({ oid }) => !namedOids.has(oid)).reverse();
  parts.push(...unnamed.map(({ oid, value }) => `${oid}=${escapeValue(value)}`));
  return parts.join(',');
}

/** The last common name of a Name; empty when it has none. */
export function commonName(bytes: Uint8Array, name: DerElement): string {
  return readAttributes(bytes, name).findLast(({ oid }) => oid === '2.5.4.3')?.value ?? '';
}

function readAttributes(bytes: Uint8Array, name: DerElement): { oid: string; value: string }[] {
  const attributes: { oid: string; value: string }[] = [];
  for (const relative of derChildren(bytes, name)) {
    for (const attribute of derChildren(bytes, relative)) {
      const [type, value] = derChildren(bytes, attribute);
      if (type === undefined || value === undefined) continue;
      const text = derString(bytes, value);
      if (text !== undefined) attributes.push({ oid: oidText(derContent(bytes, type)), value: text });
    }
  }
  return attributes;
}

function escapeValue(value: string): string {
  return value.replace(/[,+"\\<>;]|^[ #]| $/g, (character) => `\\${character}`);
}
