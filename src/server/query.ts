/** The parameters of a request, each with the first value it was given. */
export type Query = Readonly<Record<string, string | undefined>>;

/**
 * Reads a query string as Go's net/url does: a pair that is badly escaped or holds a semicolon counts as not sent, and
 * of a repeated name the first value counts.
 */
export function parseQuery(text: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  if (text === '') return query;
  for (const pair of text.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const name = unescapeQuery(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : unescapeQuery(pair.slice(equals + 1));
    if (name !== undefined && value !== undefined) query[name] ??= value;
  }
  return query;
}

const badEscape = /%(?![0-9a-f]{2})/i;

/** Decodes `%XX` and `+`; undefined when an escape is malformed. Bytes that are no UTF-8 become U+FFFD. */
export function unescapeQuery(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  if (badEscape.test(spaced)) return undefined;
  try {
    return decodeURIComponent(spaced);
  } catch {
    const bytes = Buffer.from(spaced).toString('latin1');
    return Buffer.from(
      bytes.replace(/%(..)/g, (_escape, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      'latin1',
    ).toString();
  }
}
