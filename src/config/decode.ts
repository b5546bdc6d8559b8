import { parseDuration } from './duration.ts';
import { Regexp } from './regexp.ts';
import { type ScalarValue, Unreadable } from './scalar.ts';
import { parseSize } from './size.ts';
import { parseStatusCodes, type StatusCodes } from './status-codes.ts';

/** How a scalar becomes a value of one type. */
export interface Decoder<T> {
  /** Reads on after "must be". */
  readonly expected: string;
  /** Throws Unreadable. */
  decode(value: Exclude<ScalarValue, { kind: 'null' }>): T;
}

/** The bounds of an integer, both included. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

const yes = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const no = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);

/** Texts as written: `5` and `true` are texts, too. */
export const text: Decoder<string> = {
  expected: 'a text',
  decode(value) {
    if (value.kind !== 'binary') {
      return value.text;
    }
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value.bytes);
    } catch (error) {
      throw new Unreadable('must be a text: its bytes are not UTF-8', { cause: error });
    }
  },
};

/** The bytes of `!!binary`, else the UTF-8 of a text. */
export const bytes: Decoder<Buffer> = {
  expected: 'a text or !!binary',
  decode: (value) => (value.kind === 'binary' ? value.bytes : Buffer.from(value.text)),
};

export const boolean: Decoder<boolean> = {
  expected: 'true or false',
  decode(value) {
    if (value.kind === 'boolean') {
      return value.value;
    }
    if (value.kind === 'text' && yes.has(value.text)) {
      return true;
    }
    if (value.kind === 'text' && no.has(value.text)) {
      return false;
    }
    throw unexpected(this, value);
  },
};

/** Whole numbers between bounds. */
export function integer({ min = -Infinity, max = Infinity }: Bounds = {}): Decoder<number> {
  return {
    expected: 'an integer',
    decode(value) {
      const decoded = value.kind === 'integer' || value.kind === 'number' ? Number(value.value) : NaN;
      if (!Number.isInteger(decoded)) {
        throw unexpected(this, value);
      }
      if (decoded < min || decoded > max || !Number.isSafeInteger(decoded)) {
        throw new Unreadable(`must be ${range(min, max)}, not ${decoded}`);
      }
      return decoded;
    },
  };
}

/** Finite numbers. */
export const number: Decoder<number> = {
  expected: 'a number',
  decode(value) {
    const decoded = value.kind === 'integer' || value.kind === 'number' ? Number(value.value) : NaN;
    if (!Number.isFinite(decoded)) {
      throw unexpected(this, value);
    }
    return decoded;
  },
};

/** The longest delay that a timer of Node.js takes, in milliseconds: 24.8 days. */
const longestTimer = 2 ** 31 - 1;

/** Durations in milliseconds; those of more than 24 days are as good as these. */
export const duration: Decoder<number> = {
  expected: 'a duration such as 5s, 500ms or 1m30s',
  decode(value) {
    if (value.kind === 'integer' || value.kind === 'number') {
      throw new Unreadable(`must be a duration with a unit, such as ${value.text}s`);
    }
    return Math.min(nonNegative(this, value, parseDuration), longestTimer);
  },
};

/** Sizes in bytes. */
export const size: Decoder<number> = {
  expected: 'a size such as 512B, 10MB or 1GiB',
  decode: (value) => nonNegative(size, value, parseSize),
};

/** Status codes: a number, a class or a range. */
export const statusCodes: Decoder<StatusCodes> = {
  expected: 'a status code',
  decode(value) {
    if (value.kind === 'text') {
      return parsed(value.text, parseStatusCodes);
    }
    const code = integer().decode(value);
    return { first: code, last: code, text: String(code) };
  },
};

/** Regular expressions in RE2 syntax. */
export const regexp: Decoder<Regexp> = {
  expected: 'a regular expression',
  decode: (value) => parsed(text.decode(value), (source) => new Regexp(source)),
};

/** Absolute URLs. Nothing of them is quoted: they may hold a password. */
export const url: Decoder<URL> = {
  expected: 'a URL such as http://proxy.example:3128',
  decode(value) {
    const decoded = text.decode(value);
    if (!URL.canParse(decoded)) {
      throw new Unreadable(`must be ${this.expected}`);
    }
    return new URL(decoded);
  },
};

/** One of a few texts. */
export function oneOf<T extends string>(values: readonly T[]): Decoder<T> {
  const expected = values.map((value) => value || '""').join(' or ');
  return {
    expected,
    decode(value) {
      const decoded = text.decode(value);
      const found = values.find((candidate) => candidate === decoded);
      if (found === undefined) {
        throw new Unreadable(`must be ${expected}, not ${quote(decoded)}`);
      }
      return found;
    },
  };
}

function unexpected(decoder: Decoder<unknown>, value: ScalarValue): Unreadable {
  return new Unreadable(`must be ${decoder.expected}, not ${describe(value)}`);
}

function describe(value: ScalarValue): string {
  if (value.kind === 'text') {
    return `the text ${quote(value.text)}`;
  }
  return 'text' in value ? value.text : 'binary data';
}

/** A text in quotes, cut when it is long. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}

function range(min: number, max: number): string {
  if (min === -Infinity && max === Infinity) {
    return 'an integer of at most 53 bits';
  }
  if (max === Infinity) {
    return `at least ${min}`;
  }
  return min === -Infinity ? `at most ${max}` : `from ${min} to ${max}`;
}

function nonNegative(
  decoder: Decoder<number>,
  value: Exclude<ScalarValue, { kind: 'null' }>,
  parse: (text: string) => number,
): number {
  if (value.kind === 'boolean' || value.kind === 'binary') {
    throw unexpected(decoder, value);
  }
  const decoded = parsed(value.text, parse);
  if (decoded < 0) {
    throw new Unreadable(`must not be negative`);
  }
  return Math.abs(decoded);
}

function parsed<T>(source: string, parse: (text: string) => T): T {
  try {
    return parse(source);
  } catch (error) {
    throw new Unreadable(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
