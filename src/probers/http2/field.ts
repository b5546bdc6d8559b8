/** A header field: name and value, a character a byte. */
export type Field = readonly [name: string, value: string];

/** What a field counts for, in bytes: in a dynamic table (RFC 7541, section 4.1) and in a list of fields (RFC 9113, section 6.5.2). */
export function sizeOf([name, value]: Field): number {
  return name.length + value.length + 32;
}
