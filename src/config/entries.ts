import { type Node, Scalar, type YAMLMap, isMap, isScalar, isSeq } from 'yaml';
import { isNullScalar } from './scalar.ts';
import { type ConfigSource, startOf } from './source.ts';

/** One key of a mapping and its value. */
export interface Entry {
  /** Offset of the key. */
  readonly keyAt: number;
  /** Aliases are followed; undefined when the value is null. */
  readonly value: Node | undefined;
}

/** The way to a value below another. */
export function pathOf(parent: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) {
    return `${parent}[${JSON.stringify(key)}]`;
  }
  return parent === '' ? key : `${parent}.${key}`;
}

const known = new WeakMap<YAMLMap, Map<string, Entry>>();

/** The keys of a mapping, those of merges (`<<`) included. Records as mistakes what is repeated or no key at all. */
export function readEntries(source: ConfigSource, map: YAMLMap, path: string): ReadonlyMap<string, Entry> {
  const entries = known.get(map) ?? readMapping({ source, path, within: [] }, map);
  known.set(map, entries);
  return entries;
}

interface Reading {
  readonly source: ConfigSource;
  readonly path: string;
  /** The mappings whose merges lead here. */
  readonly within: readonly Node[];
}

function readMapping(reading: Reading, map: YAMLMap): Map<string, Entry> {
  const { source, path } = reading;
  source.count(map.items.length);
  const own = new Map<string, Entry>();
  const seen = new Map<string, Node>();
  const merges: { value: Node; keyAt: number }[] = [];
  for (const { key: keyNode, value: valueNode } of map.items as { key: Node | null; value: Node | null }[]) {
    const key = readKey(source, keyNode, path, map);
    if (key === undefined) continue;
    const keyAt = startOf(key);
    const name = String(key.value);
    if (seen.has(name)) {
      source.mistake(keyAt, pathOf(path, name), 'given more than once');
      continue;
    }
    seen.set(name, key);
    const value = valueNode === null ? undefined : source.resolve(valueNode, pathOf(path, name));
    if (name === '<<' && key.type === Scalar.PLAIN) {
      merges.push({ value: value ?? key, keyAt });
    } else {
      own.set(name, { keyAt, value: isScalar(value) && isNullScalar(value) ? undefined : value });
    }
  }
  for (const { value, keyAt } of merges) merge({ ...reading, within: [...reading.within, map] }, own, value, keyAt);
  return own;
}

function readKey(source: ConfigSource, node: Node | null, path: string, map: YAMLMap): Scalar | undefined {
  const key = node === null ? undefined : source.resolve(node, path);
  if (isScalar(key) && !isNullScalar(key)) {
    return key;
  }
  source.mistake(key === undefined ? startOf(map) : startOf(key), path, 'every key must be a text');
  return undefined;
}

/** Adds the keys of what is merged; those that are there already stay. */
function merge(reading: Reading, into: Map<string, Entry>, value: Node, keyAt: number): void {
  const { source, path } = reading;
  const merged = isSeq(value) ? value.items.map((item) => source.resolve(item as Node, path)) : [value];
  for (const map of merged) {
    if (!isMap(map)) {
      source.mistake(keyAt, path, '<< must be given a mapping, or a list of mappings');
    } else if (reading.within.includes(map)) {
      source.mistake(keyAt, path, 'this mapping is merged into itself');
    } else {
      for (const [key, entry] of readMapping(reading, map)) {
        if (!into.has(key)) into.set(key, entry);
      }
    }
  }
}
