import { Scalar } from 'yaml';

/** A scalar of YAML as Go's yaml.v3, and so blackbox_exporter, understands it: YAML 1.2 with octal numbers and underscores of 1.1. */
export type ScalarValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly text: string; readonly value: boolean }
  | { readonly kind: 'integer'; readonly text: string; readonly value: bigint }
  | { readonly kind: 'number'; readonly text: string; readonly value: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Buffer };

/** Why a scalar is not what was wanted; its message reads on after the path of the value. */
export class Unreadable extends Error {}

const standardTag = 'tag:yaml.org,2002:';
const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const booleans = new Map([
  ...['true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['false', 'False', 'FALSE'].map((text) => [text, false] as const),
]);
const integer = /^([-+]?)(0b[01]+|0o[0-7]+|0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i;
const number = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const infinities = new Map([
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text) => [text, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((text) => [text, -Infinity] as const),
  ...['.nan', '.NaN', '.NAN'].map((text) => [text, NaN] as const),
]);

/** What a scalar means, by its tag, else by its quotes, else by its text. Throws Unreadable when its tag contradicts its text. */
export function resolveScalar(node: Scalar): ScalarValue {
  const text = String(node.value);
  const tag = node.tag?.startsWith(standardTag) === true ? node.tag.slice(standardTag.length) : node.tag;
  switch (tag) {
    case undefined:
    case '!':
      return node.type === Scalar.PLAIN ? resolvePlain(text) : { kind: 'text', text };
    case 'binary':
      return { kind: 'binary', bytes: decodeBase64(text) };
    case 'null':
    case 'bool':
    case 'int':
    case 'float':
      return resolveTagged(text, tag);
    default:
      return { kind: 'text', text };
  }
}

/** Whether a scalar stands for nothing, as `key:` and `key: null` do. */
export function isNullScalar(node: Scalar): boolean {
  const tagged = node.tag === `${standardTag}null`;
  return (tagged || (node.tag === undefined && node.type === Scalar.PLAIN)) && nulls.has(String(node.value));
}

function resolvePlain(text: string): ScalarValue {
  if (nulls.has(text)) {
    return { kind: 'null' };
  }
  const boolean = booleans.get(text);
  if (boolean !== undefined) {
    return { kind: 'boolean', text, value: boolean };
  }
  return resolveNumber(text) ?? { kind: 'text', text };
}

function resolveNumber(text: string): ScalarValue | undefined {
  const infinity = infinities.get(text);
  if (infinity !== undefined) {
    return { kind: 'number', text, value: infinity };
  }
  if (!/^[-+.0-9]/.test(text)) {
    return undefined;
  }
  const digits = text.replaceAll('_', '');
  const match = integer.exec(digits);
  if (match !== null) {
    const [, sign = '', magnitude = ''] = match;
    const octal = /^0[0-7]+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude;
    return { kind: 'integer', text, value: BigInt(octal) * (sign === '-' ? -1n : 1n) };
  }
  const value = Number(digits);
  return number.test(digits) && Number.isFinite(value) ? { kind: 'number', text, value } : undefined;
}

function resolveTagged(text: string, tag: 'null' | 'bool' | 'int' | 'float'): ScalarValue {
  const value = resolvePlain(text);
  const fits =
    (tag === 'null' && value.kind === 'null') ||
    (tag === 'bool' && value.kind === 'boolean') ||
    (tag === 'int' && value.kind === 'integer') ||
    (tag === 'float' && (value.kind === 'number' || value.kind === 'integer'));
  if (!fits) {
    throw new Unreadable(`must be what its tag !!${tag} says`);
  }
  return value;
}

function decodeBase64(text: string): Buffer {
  const compact = text.replaceAll(/\s/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new Unreadable('must be Base64, as its tag !!binary says');
  }
  return Buffer.from(compact, 'base64');
}
