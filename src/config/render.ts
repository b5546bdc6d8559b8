import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq, isMap, isScalar, isSeq } from 'yaml';
import { readEntries } from './entries.ts';
import { isNullScalar } from './scalar.ts';
import type { ConfigSource } from './source.ts';

/** A node as YAML that shows no secret: aliases and merges are written out, comments are gone, masks are in place. */
export function renderMasked(source: ConfigSource, node: Node | undefined): string {
  const document = new Document(undefined, { schema: 'failsafe', resolveKnownTags: false });
  document.contents = copy(source, node);
  return document.toString({ lineWidth: 0 });
}

function copy(source: ConfigSource, node: Node | undefined): Scalar | YAMLMap | YAMLSeq {
  if (isMap(node)) {
    const map = new YAMLMap();
    map.flow = node.flow ?? false;
    for (const [key, { value }] of readEntries(source, node, '')) {
      map.items.push(new Pair(new Scalar(key), copy(source, value)));
    }
    return map;
  }
  if (isSeq(node)) {
    const list = new YAMLSeq();
    list.flow = node.flow ?? false;
    list.items = node.items.map((item) => copy(source, source.resolve(item as Node, '')));
    return list;
  }
  return isScalar(node) ? copyScalar(source, node) : plain('null');
}

function copyScalar(source: ConfigSource, node: Scalar): Scalar {
  const mask = source.masks.get(node);
  if (mask !== undefined) {
    return plain(mask);
  }
  if (isNullScalar(node)) {
    return plain('null');
  }
  const scalar = new Scalar(node.value);
  if (node.type !== undefined) scalar.type = node.type;
  if (node.tag !== undefined) scalar.tag = node.tag;
  return scalar;
}

function plain(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.PLAIN;
  return scalar;
}
