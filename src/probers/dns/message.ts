import { types } from './codes.ts';
import { type DnsRecord, readRecord } from './records.ts';
import { WireError, WireReader } from './wire.ts';

/** What a query asks for. */
export interface Question {
  /** In presentation form, in lower case. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** The answer to a query. */
export interface DnsMessage {
  /** With the upper bits that OPT has. */
  readonly rcode: number;
  /** Whether the server had more to say (TC). */
  readonly truncated: boolean;
  readonly answer: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
}

/** Of a message, in bytes. */
export const headerLength = 12;

/** The header's fields (RFC 1035, section 4.1.1), and a reader of what follows. */
interface Head {
  readonly id: number;
  readonly flags: number;
  readonly counts: readonly [questions: number, answer: number, authority: number, additional: number];
  readonly reader: WireReader;
}

function readHead(bytes: Buffer): Head {
  if (bytes.length < headerLength) throw new WireError('The message is shorter than a header');
  const reader = new WireReader(bytes);
  const [id, flags] = [reader.u16(), reader.u16()];
  return { id, flags, counts: [reader.u16(), reader.u16(), reader.u16(), reader.u16()], reader };
}

function readQuestion(reader: WireReader): Question {
  return { name: reader.name().toLowerCase(), type: reader.u16(), class: reader.u16() };
}

/** The question of a query. Throws WireError. */
export function questionOf(query: Buffer): Question {
  return readQuestion(readHead(query).reader);
}

const responseFlag = 0x8000;
const opcodeMask = 0x7800;

/**
 * Why a message is not the answer to a query; undefined when it is. An answer need not repeat the question: servers
 * that refuse send the header alone.
 */
export function misfit(id: number, question: Question, bytes: Buffer): string | undefined {
  try {
    const { counts, flags, reader, ...head } = readHead(bytes);
    if (head.id !== id) return `its id is ${head.id} instead of ${id}`;
    if ((flags & responseFlag) === 0) return 'it is no response';
    if ((flags & opcodeMask) !== 0) return 'it answers no query';
    if (counts[0] === 0 || reader.ended) return undefined;
    const { name, type, class: code } = readQuestion(reader);
    const same = name === question.name && type === question.type && code === question.class;
    return same ? undefined : 'it answers another question';
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
}

/** Reads an answer. Throws WireError. */
export function decodeMessage(bytes: Buffer): DnsMessage {
  const { flags, counts, reader } = readHead(bytes);
  const [questions, ...sections] = counts;
  for (let left = questions; left > 0 && !reader.ended; left--) readQuestion(reader);
  const [answer = [], authority = [], additional = []] = sections.map((count) => readRecords(reader, count));
  if (additional.some(({ type }) => type === types.TSIG)) {
    throw new WireError('The answer is signed (TSIG), although the query was not');
  }
  const edns = additional.findLast(({ type }) => type === types.OPT);
  const rcode = (flags & 0x0f) | (edns === undefined ? 0 : (edns.ttl >>> 24) << 4);
  return { rcode, truncated: (flags & 0x0200) !== 0, answer, authority, additional };
}

/** A message may end, between two records, before it has all that it promised: truncation does that. */
function readRecords(reader: WireReader, count: number): DnsRecord[] {
  const records: DnsRecord[] = [];
  while (records.length < count && !reader.ended) records.push(readRecord(reader));
  return records;
}
