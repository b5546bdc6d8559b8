import type { Connection } from '../../net/connection.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { tlsContext } from '../../net/tls-context.ts';
import { StreamReader } from '../../net/stream-reader.ts';
import { secure } from '../../probe/secure.ts';
import { checkFit, type Exchange } from './exchange.ts';
import { headerLength } from './message.ts';

/** Connects, and shakes hands where the way has TLS. Throws ProbeFailure. */
export async function connect({ context, address, port, source, tls }: Exchange): Promise<Connection> {
  if (tls !== undefined) tlsContext(tls.settings); // Files that cannot be used are told before anybody is bothered.
  const connection = await context.connector.open(address, port, source);
  if (tls !== undefined) await secure(context, connection, tls);
  return connection;
}

/** Asks over TCP or TLS (RFC 7766, RFC 7858): every message has its length before it. */
export async function askByStream(exchange: Exchange): Promise<Buffer> {
  const { stream } = await connect(exchange);
  exchange.connected();
  const { context, query, id } = exchange;
  const reader = new StreamReader(stream, context.signal, 'response');
  const message = query.withId(id);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  stream.write(Buffer.concat([length, message]));
  const expected = (await readExactly(reader, 2)).readUInt16BE();
  // What is no answer is told by its header: the rest of it might never come.
  const header = await readExactly(reader, Math.min(expected, headerLength));
  checkFit(exchange, header);
  const answer = Buffer.concat([header, await readExactly(reader, expected - header.length)]);
  checkFit(exchange, answer);
  return answer;
}

async function readExactly(reader: StreamReader, count: number): Promise<Buffer> {
  const bytes = await reader.readBytes(count);
  if (bytes.length === count) return bytes;
  const missing = `${bytes.length} of ${count} bytes`;
  throw new ProbeFailure('response', 'closed', `The target closed the connection after ${missing}`);
}
