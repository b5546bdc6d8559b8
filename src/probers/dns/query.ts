import { type Question, questionOf } from './message.ts';

/** A query with everything but its id. */
export interface Query {
  readonly question: Question;
  /** The message with an id of its own. */
  withId(id: number): Buffer;
}

export interface QueryOptions {
  /** A domain name in presentation form; the final dot may be missing. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly recursionDesired: boolean;
}

const recursionDesiredFlag = 0x0100;

/** Makes a query (RFC 1035, section 4), without EDNS. Throws SyntaxError when the name is none. */
export function makeQuery({ name, type, class: code, recursionDesired }: QueryOptions): Query {
  const encoded = encodeName(name);
  const bytes = Buffer.alloc(12 + encoded.length + 4);
  bytes.writeUInt16BE(recursionDesired ? recursionDesiredFlag : 0, 2);
  bytes.writeUInt16BE(1, 4);
  encoded.copy(bytes, 12);
  bytes.writeUInt16BE(type, 12 + encoded.length);
  bytes.writeUInt16BE(code, 14 + encoded.length);
  return {
    question: questionOf(bytes),
    withId(id) {
      const message = Buffer.from(bytes);
      message.writeUInt16BE(id, 0);
      return message;
    },
  };
}

const maxLabel = 63;
const maxName = 255;

/** A name on the wire (RFC 1035, section 3.1). `\.` and `\DDD` stand for bytes. Throws SyntaxError. */
export function encodeName(text: string): Buffer {
  if (text === '.') return Buffer.alloc(1);
  const labels = splitName(text);
  if (labels.at(-1)?.length === 0 && labels.length > 1) labels.pop();
  const parts: number[] = [];
  for (const label of labels) {
    if (label.length === 0) throw new SyntaxError('it has an empty label');
    if (label.length > maxLabel) throw new SyntaxError(`it has a label of more than ${maxLabel} bytes`);
    parts.push(label.length, ...label);
  }
  parts.push(0);
  if (parts.length > maxName) throw new SyntaxError(`it has more than ${maxName} bytes`);
  return Buffer.from(parts);
}

const piece = /\\(?<code>\d{3})|\\(?<quoted>.)|(?<dot>\.)|(?<plain>.)/gs;

function splitName(text: string): number[][] {
  const labels: number[][] = [[]];
  for (const { groups = {} } of Buffer.from(text).toString('latin1').matchAll(piece)) {
    const { code, quoted, dot, plain } = groups;
    if (dot !== undefined) {
      labels.push([]);
      continue;
    }
    if (plain === '\\') throw new SyntaxError('it ends in a backslash');
    const byte = code === undefined ? (quoted ?? plain ?? '').charCodeAt(0) : Number(code);
    if (byte > 255) throw new SyntaxError(`\\${code} is no byte`);
    labels.at(-1)?.push(byte);
  }
  return labels;
}
