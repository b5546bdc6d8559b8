import { type Node, type Scalar, isMap, isScalar, isSeq } from 'yaml';
import * as decode from './decode.ts';
import { pathOf, readEntries } from './entries.ts';
import { Unreadable, isNullScalar, resolveScalar } from './scalar.ts';
import { maskedSecret } from './secret.ts';
import { type ConfigSource, startOf } from './source.ts';

/** A value and the way to it. */
export interface Located {
  readonly node: Node;
  readonly path: string;
}

/** Reads a scalar. Undefined when it is null, and, with a mistake recorded, when it is not what is expected. */
export function decodeNode<T>(
  source: ConfigSource,
  { node, path }: Located,
  decoder: decode.Decoder<T>,
): T | undefined {
  if (!isScalar(node)) {
    return refuseNode(source, { node, path }, decoder.expected);
  }
  try {
    const value = resolveScalar(node);
    return value.kind === 'null' ? undefined : decoder.decode(value);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    source.refuse(node, path, error.message);
    return undefined;
  }
}

/** The items of a list that are not null; aliases are followed. None, with a mistake recorded, when it is no list. */
export function listItems(source: ConfigSource, { node, path }: Located): Located[] {
  if (!isSeq(node)) {
    refuseNode(source, { node, path }, 'a list');
    return [];
  }
  source.count(node.items.length);
  return node.items.flatMap((item, index) => {
    const place = `${path}[${index}]`;
    const value = source.resolve(item as Node, place);
    return value === undefined || (isScalar(value) && isNullScalar(value)) ? [] : [{ node: value, path: place }];
  });
}

/** Records that a value is of another kind than expected. */
export function refuseNode(source: ConfigSource, { node, path }: Located, expected: string): undefined {
  const kind = isSeq(node) ? 'a list' : isMap(node) ? 'a mapping' : 'a single value';
  source.refuse(node, path, `must be ${expected}, not ${kind}`);
}

/** Puts a mask on every scalar in a value. */
export function maskNode(source: ConfigSource, node: Node, seen = new Set<Node>()): void {
  if (seen.has(node)) return;
  seen.add(node);
  if (isScalar(node)) {
    if (node.value !== '' && !isNullScalar(node)) source.masks.set(node, maskedSecret);
  } else if (isSeq(node)) {
    for (const item of node.items) {
      const value = source.resolve(item as Node, '');
      if (value !== undefined) maskNode(source, value, seen);
    }
  } else if (isMap(node)) {
    for (const { value } of readEntries(source, node, '').values()) {
      if (value !== undefined) maskNode(source, value, seen);
    }
  }
}

/** Whether a scalar says no, or nothing. */
export function switchesOff(node: Scalar): boolean {
  try {
    const value = resolveScalar(node);
    return node.value === '' || value.kind === 'null' || !decode.boolean.decode(value);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return false;
  }
}

/** A value as YAML means it: texts, numbers, booleans, null, lists, and mappings as objects. */
export function plainValue(source: ConfigSource, { node, path }: Located, within: readonly Node[] = []): unknown {
  if (within.includes(node)) {
    source.mistake(startOf(node), path, 'this value is inside itself');
    return null;
  }
  const inner = (value: Node, key: string): unknown =>
    plainValue(source, { node: value, path: key }, [...within, node]);
  if (isSeq(node)) return listItems(source, { node, path }).map((item) => inner(item.node, item.path));
  if (isMap(node)) {
    const entries = [...readEntries(source, node, path)];
    return Object.fromEntries(
      entries.map(([key, { value }]) => [key, value === undefined ? null : inner(value, pathOf(path, key))]),
    );
  }
  return isScalar(node) ? plainScalar(source, node, path) : null;
}

function plainScalar(source: ConfigSource, node: Scalar, path: string): unknown {
  try {
    const value = resolveScalar(node);
    if (value.kind === 'integer') return Number(value.value);
    if (value.kind === 'null' || value.kind === 'binary')
      return value.kind === 'null' ? null : decode.text.decode(value);
    return value.kind === 'text' ? value.text : value.value;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    source.mistake(startOf(node), path, error.message);
    return null;
  }
}
