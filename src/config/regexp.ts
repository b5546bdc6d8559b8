import { RE2JS, RE2JSException } from 're2js';

/** A regular expression in RE2 syntax with Go's default flags, matched in linear time. */
export class Regexp {
  readonly source: string;
  readonly #compiled: RE2JS;

  /** Throws an Error that says what is wrong with `source`. */
  constructor(source: string) {
    this.source = source;
    try {
      this.#compiled = RE2JS.compile(source);
    } catch (error) {
      throw new Error(`must be a regular expression in RE2 syntax: ${complaint(error)}`, { cause: error });
    }
  }

  /** Whether it matches anywhere in a text, or in bytes, which are taken for UTF-8. */
  test(input: string | Uint8Array): boolean {
    return this.#compiled.test(input);
  }

  /** The leftmost match in bytes, which are taken for UTF-8; a byte that is none counts as U+FFFD, as in Go. */
  exec(line: Uint8Array): RegexpMatch | undefined {
    const matcher = this.#compiled.matcher(line);
    if (!matcher.find()) {
      return undefined;
    }
    const groups: (Uint8Array | undefined)[] = [];
    for (let group = 0; group <= matcher.groupCount(); group++) {
      const start = matcher.start(group);
      groups.push(start < 0 ? undefined : line.subarray(start, matcher.end(group)));
    }
    return new RegexpMatch(groups, this.#compiled.namedGroups());
  }

  toString(): string {
    return this.source;
  }
}

/** What a regular expression found. */
export class RegexpMatch {
  readonly #groups: readonly (Uint8Array | undefined)[];
  readonly #names: Readonly<Record<string, number>>;

  constructor(groups: readonly (Uint8Array | undefined)[], names: Readonly<Record<string, number>>) {
    this.#groups = groups;
    this.#names = names;
  }

  /** The bytes of a group, 0 for the whole match; undefined when there is no such group, or it took no part. */
  group(index: number): Uint8Array | undefined {
    return this.#groups[index];
  }

  /** Replaces `$1`, `${1}`, `$name`, `${name}` and `$$` as Go's Regexp.Expand does; what names no group gives nothing. */
  expand(template: Uint8Array): Buffer {
    const parts: Uint8Array[] = [];
    let done = 0;
    for (let dollar = template.indexOf(0x24); dollar >= 0; dollar = template.indexOf(0x24, done)) {
      parts.push(template.subarray(done, dollar));
      const next = dollar + 1;
      const reference = template[next] === 0x24 ? undefined : readReference(template, next);
      if (reference === undefined) {
        parts.push(template.subarray(dollar, next));
        done = template[next] === 0x24 ? next + 1 : next;
      } else {
        parts.push(this.#named(reference.name) ?? new Uint8Array());
        done = reference.end;
      }
    }
    parts.push(template.subarray(done));
    return Buffer.concat(parts);
  }

  #named(name: string): Uint8Array | undefined {
    if (/^(0|[1-9]\d{0,8})$/.test(name)) {
      return this.#groups[Number(name)];
    }
    const index = Object.hasOwn(this.#names, name) ? this.#names[name] : undefined;
    return index === undefined ? undefined : this.#groups[index];
  }
}

/** The longest run of letters, digits and underscores, in braces or without; undefined when there is none. */
function readReference(template: Uint8Array, start: number): { name: string; end: number } | undefined {
  const braced = template[start] === 0x7b;
  const first = braced ? start + 1 : start;
  let end = first;
  for (let width = nameWidth(template, end); width > 0; width = nameWidth(template, end)) {
    end += width;
  }
  if (end === first || (braced && template[end] !== 0x7d)) {
    return undefined;
  }
  return { name: Buffer.from(template.subarray(first, end)).toString(), end: braced ? end + 1 : end };
}

/** How many bytes the letter, digit or underscore at an index has; 0 when there is none. */
function nameWidth(template: Uint8Array, index: number): number {
  const [character] = Buffer.from(template.subarray(index, index + 4)).toString();
  return character !== undefined && /^[\p{L}\p{Nd}_]$/u.test(character) ? Buffer.byteLength(character) : 0;
}

function complaint(error: unknown): string {
  if (error instanceof RE2JSException) {
    return error.message.replace(/^error parsing regexp: /, '');
  }
  return error instanceof Error ? error.message : String(error);
}
