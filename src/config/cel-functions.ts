import type { CelFunc } from '@bufbuild/cel';
import type { Duration, Timestamp } from '@bufbuild/protobuf/wkt';
import { celLibrary } from './cel-library.ts';
import { concatenate } from './cel-values.ts';
import { Regexp } from './regexp.ts';
import { formatDouble, parseDouble } from './go-numbers.ts';
import { parseRfc3339 } from './rfc3339.ts';

const maxPatterns = 64;
const patterns = new Map<string, Regexp>();

/** The functions of CEL's standard that the library lacks, or that cel-go, and so blackbox_exporter, understands otherwise. */
export function celFunctions(): CelFunc[] {
  const { cel, protobuf, wellKnownTypes } = celLibrary();
  const { celFunc, celMethod, celUint, listType, objectType } = cel;
  const { BOOL, DOUBLE, DYN, INT, STRING, UINT } = cel.CelScalar;
  const { TimestampSchema, DurationSchema } = wellKnownTypes;
  const timestamp = objectType(TimestampSchema);
  const duration = objectType(DurationSchema);
  const list = listType(DYN);
  const toTimestamp = (seconds: bigint, nanos: number): Timestamp =>
    protobuf.create(TimestampSchema, { seconds: inYears(seconds), nanos });
  return [
    celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
      return matches(this, pattern);
    }),
    celFunc('matches', [STRING, STRING], BOOL, matches),
    celFunc('_+_', [list, list], list, concatenate),
    celFunc('string', [DOUBLE], STRING, formatDouble),
    celFunc('double', [STRING], DOUBLE, parseDouble),
    celFunc('int', [STRING], INT, (text) => parseInteger(text, /^[-+]?\d+$/, -(2n ** 63n), 2n ** 63n - 1n)),
    celFunc('uint', [STRING], UINT, (text) => celUint(parseInteger(text, /^\d+$/, 0n, 2n ** 64n - 1n))),
    celFunc('bool', [STRING], BOOL, parseBoolean),
    celFunc('timestamp', [STRING], timestamp, (text) => {
      const { seconds, nanos } = parseRfc3339(text);
      return toTimestamp(seconds, nanos);
    }),
    celFunc('timestamp', [INT], timestamp, (seconds) => toTimestamp(seconds, 0)),
    celFunc('string', [timestamp], STRING, ({ message }) => formatTimestamp(message)),
    celFunc('string', [duration], STRING, ({ message }) => formatDuration(message)),
    celFunc('int', [duration], INT, ({ message }) => nanoseconds(message)),
    celMethod('getMilliseconds', duration, [], INT, function () {
      return nanoseconds(this.message) / 1_000_000n;
    }),
  ];
}

/** Whether a text matches anywhere. Patterns are RE2's; those of late are kept compiled. */
function matches(text: string, pattern: string): boolean {
  let regexp = patterns.get(pattern);
  if (regexp === undefined) {
    regexp = new Regexp(pattern);
    if (patterns.size >= maxPatterns) patterns.delete(patterns.keys().next().value ?? '');
    patterns.set(pattern, regexp);
  }
  return regexp.test(text);
}

function parseInteger(text: string, syntax: RegExp, min: bigint, max: bigint): bigint {
  const value = syntax.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined;
  if (value === undefined || value < min || value > max) throw new Error(`${JSON.stringify(text)} is no such integer`);
  return value;
}

function parseBoolean(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new Error(`${JSON.stringify(text)} is neither true nor false`);
}

const firstSecond = -62_135_596_800n;
const lastSecond = 253_402_300_799n;

/** Timestamps are those of the years 1 to 9999. */
function inYears(seconds: bigint): bigint {
  if (seconds < firstSecond || seconds > lastSecond) throw new RangeError('timestamp out of range');
  return seconds;
}

function formatTimestamp({ seconds, nanos }: Timestamp): string {
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${whole}${fraction(nanos)}Z`;
}

function formatDuration(duration: Duration): string {
  const total = nanoseconds(duration);
  const magnitude = total < 0n ? -total : total;
  const text = `${magnitude / 1_000_000_000n}${fraction(Number(magnitude % 1_000_000_000n))}s`;
  return total < 0n ? `-${text}` : text;
}

function nanoseconds({ seconds, nanos }: Duration): bigint {
  return seconds * 1_000_000_000n + BigInt(nanos);
}

/** Nanoseconds as `.` and the digits that count; empty for none. */
function fraction(nanos: number): string {
  return nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
}
