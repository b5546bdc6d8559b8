const named: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  '\\': 92,
  '"': 34,
  "'": 39,
  '0': 0,
};
const escape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([nrtabfve\\"'0])|(.?))/gsu;

/**
 * The bytes that a text with escapes stands for: `\xHH` a byte, `\uHHHH` a character as UTF-8, `\n \r \t \0 \\ \" \'
 * \a \b \e \f \v` as in C. Throws SyntaxError for any other escape.
 */
export function unescapeBytes(text: string): Buffer {
  const parts: Buffer[] = [];
  let position = 0;
  for (const match of text.matchAll(escape)) {
    parts.push(Buffer.from(text.slice(position, match.index)));
    position = match.index + match[0].length;
    const [, hex, character, name] = match;
    if (hex !== undefined) parts.push(Buffer.from(hex, 'hex'));
    else if (character !== undefined) parts.push(Buffer.from(String.fromCharCode(Number.parseInt(character, 16))));
    else if (name !== undefined) parts.push(Buffer.from([named[name] ?? 0]));
    else
      throw new SyntaxError(
        `${JSON.stringify(match[0])} is no escape: write \\xHH, \\uHHHH, \\n, \\r, \\t, \\0 or \\\\`,
      );
  }
  parts.push(Buffer.from(text.slice(position)));
  return Buffer.concat(parts);
}
