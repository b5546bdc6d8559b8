import { isHeaderName } from '../../config/headers.ts';
import { type Phase, ProbeFailure } from '../../net/failure.ts';

/** Values by lower-case name, without a prototype, whose properties no name may reach. */
export type HeaderValues = Readonly<Record<string, string | string[]>>;

/** Puts a value behind those that a name has already. */
export function addValue(values: Record<string, string | string[]>, name: string, value: string): void {
  const known = values[name];
  if (known === undefined) values[name] = value;
  else if (typeof known === 'string') values[name] = [known, value];
  else known.push(value);
}

/** Reads the fields of a head or a trailer (RFC 9112, section 5). */
export class HeaderFields {
  readonly #phase: Phase;
  readonly #values = Object.create(null) as Record<string, string | string[]>;
  #name = '';
  #value = '';

  constructor(phase: Phase) {
    this.#phase = phase;
  }

  /** Takes one line. Throws ProbeFailure (`bad_response`) when it is none of a field. */
  add(line: string): void {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      // Folded (section 5.2): the value goes on.
      if (this.#name === '') throw this.#bad(line);
      this.#value += line;
      return;
    }
    this.#keep();
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon < 0 || !isHeaderName(name)) throw this.#bad(line);
    this.#name = name.toLowerCase();
    this.#value = line.slice(colon + 1);
  }

  /** All values by lower-case name, once the last line is taken. Throws as `add`. */
  end(): HeaderValues {
    this.#keep();
    return this.#values;
  }

  #keep(): void {
    const name = this.#name;
    if (name === '') return;
    const value = withoutBlanks(this.#value);
    if (hasControls(value)) throw this.#bad(`${name}: ${value}`);
    addValue(this.#values, name, value);
    this.#name = '';
  }

  #bad(line: string): ProbeFailure {
    return new ProbeFailure(this.#phase, 'bad_response', `${JSON.stringify(line.slice(0, 100))} is no header field`);
  }
}

/** No expression: one that looks for blanks at the end takes for ever on a value with very many within. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** No control character may stand in a value (RFC 9110, section 5.5). */
export function hasControls(value: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\0-\x08\x0a-\x1f\x7f]/.test(value);
}
