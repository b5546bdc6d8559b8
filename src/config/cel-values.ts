import type { CelInput, CelList, CelMap } from '@bufbuild/cel';
import { celLibrary } from './cel-library.ts';

/** A JSON document as CEL sees it: every number is a double, every object a map. */
export interface CelDocument {
  readonly value: CelInput;
  /** How many values it consists of. */
  readonly size: number;
}

/** The levels that a document may be nested in. */
const maxDepth = 1000;

/** Reads JSON in UTF-8. Throws an Error that says why it cannot be read. */
export function parseCelDocument(bytes: Buffer): CelDocument {
  const reading = { size: 0 };
  const value = toCel(JSON.parse(bytes.toString('utf8')), reading, 0);
  return { value, size: reading.size };
}

function toCel(value: unknown, reading: { size: number }, depth: number): CelInput {
  reading.size += 1;
  if (depth > maxDepth) throw new RangeError(`it is nested in more than ${maxDepth} levels`);
  if (Array.isArray(value)) return celLibrary().cel.celList(value.map((item) => toCel(item, reading, depth + 1)));
  if (typeof value === 'object' && value !== null) return toMap(value, reading, depth);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('a number is too large for a double');
  return value as string | number | boolean | null;
}

function toMap(object: object, reading: { size: number }, depth: number): CelMap {
  const entries = new Map<string, CelInput>();
  let hasNull = false;
  for (const [key, value] of Object.entries(object)) {
    entries.set(key, toCel(value, reading, depth + 1));
    hasNull ||= value === null;
  }
  const map = celLibrary().cel.celMap(entries);
  // The library's own `has` takes a key whose value is null for a missing one.
  return hasNull ? Object.defineProperty(map, 'has', { value: (key: unknown) => entries.has(key as string) }) : map;
}

const backings = new WeakMap<CelList, CelInput[]>();

/**
 * One list after another. The library's own way nests a list in a list for every element that a macro adds, and
 * overflows the stack after some thousands of them. Here what grows is appended to an array that all its stages share,
 * each of which sees only its own beginning of it.
 */
export function concatenate(first: CelList, second: CelList): CelList {
  let backing = backings.get(first);
  if (backing?.length !== first.size) backing = [...first];
  const shared = backing;
  for (const value of second) shared.push(value);
  const size = first.size + second.size;
  const list = Object.defineProperties(celLibrary().cel.celList(shared), {
    size: { value: size },
    values: { value: () => (shared.length === size ? shared : shared.slice(0, size)).values() },
  });
  backings.set(list, shared);
  return list;
}
