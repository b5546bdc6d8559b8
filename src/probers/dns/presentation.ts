/*
 * How bytes of names and texts are written in the presentation form of records (RFC 1035, section 5.1). Bytes come as
 * latin1 text, one character a byte. What is escaped is what blackbox_exporter escapes, so that an expression sees
 * the same text.
 */

const specialInName = /[^!#-&*-\-/-:<-?A-[\]-~]/g;
const specialInText = /[^ !#-[\]-~]/g;
const specialInParameter = /[^!#-:<-[\]-~]/g;
const printable = /^[ -~]$/;

/** A label of a domain name: what would end it or start something else gets a backslash, other bytes become `\DDD`. */
export function escapeLabel(label: string): string {
  return label.replace(specialInName, escaped);
}

/** A character-string without its quotes. */
export function escapeText(text: string): string {
  return text.replace(specialInText, escaped);
}

/** The value of a service parameter (RFC 9460, appendix A). */
export function escapeParameter(value: string): string {
  return value.replace(specialInParameter, escaped);
}

export function quoteText(text: string): string {
  return `"${escapeText(text)}"`;
}

/** The octets of CAA and URI, quoted. Backslashes in them count as escapes already, which blackbox_exporter resolves. */
export function quoteOctets(octets: string): string {
  const text = octets.replace(
    /\\(\.)|\\(\d{3})|\\(.)|\\$|([^\\]+)/gs,
    (_, dot?: string, code?: string, quoted?: string, plain?: string) => {
      if (dot !== undefined) return '\\.';
      if (code !== undefined) return escapeText(String.fromCharCode(Number(code) & 0xff));
      return escapeText(quoted ?? plain ?? '');
    },
  );
  return `"${text}"`;
}

function escaped(character: string): string {
  return `\\${printable.test(character) ? character : String(character.charCodeAt(0)).padStart(3, '0')}`;
}
