import { once } from 'node:events';
import * as http2 from 'node:http2';
import * as net from 'node:net';
import type { Field } from '../../../src/probers/http2/field.ts';
import { listen, type Lifetime } from '../../support/servers.ts';
import { endStream, frame, settings, types } from '../http/frames.ts';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const endHeaders = 0x4;
const maxFrame = 16_384;

/** A request as the runtime's own HTTP/2 server read it. */
export interface Read {
  readonly fields: readonly Field[];
  /** The names of never-indexed fields. */
  readonly sensitive: readonly string[];
}

/** Sends a request for every one of `blocks`, all on one connection, to the runtime's own HTTP/2 server. */
export async function sendBlocks(lifetime: Lifetime, blocks: readonly Buffer[]): Promise<Read[]> {
  const requests: Read[] = [];
  const server = http2.createServer();
  server.on('stream', (stream: http2.ServerHttp2Stream, headers: object, _flags: number, raw: string[]) => {
    const sensitive = (Reflect.get(headers, http2.sensitiveHeaders) ?? []) as string[];
    requests.push({ fields: pairs(raw), sensitive });
    stream.respond({ ':status': 200 }, { endStream: true });
  });
  await exchange(lifetime, server, blocks, Buffer.concat([preface, settings()]));
  return requests;
}

/** The header blocks of the responses with `answers` that the runtime's own HTTP/2 server sends on one connection, whose tables have `tableSize` bytes. */
export async function receiveBlocks(
  lifetime: Lifetime,
  answers: readonly http2.OutgoingHttpHeaders[],
  request: Buffer,
  tableSize?: number,
): Promise<Buffer[]> {
  const left = answers.values();
  const server = http2.createServer();
  server.on('stream', (stream) => stream.respond(left.next().value ?? {}, { endStream: true }));
  const own = tableSize === undefined ? settings() : settings([1, tableSize]);
  return exchange(
    lifetime,
    server,
    answers.map(() => request),
    Buffer.concat([preface, own]),
  );
}

/** Sends a request of every block when the one before has its response; gives the header blocks of those. */
async function exchange(
  lifetime: Lifetime,
  server: http2.Http2Server,
  requests: readonly Buffer[],
  start: Buffer,
): Promise<Buffer[]> {
  const { port } = await listen(lifetime, server);
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(start);
  const received = readBlocks(socket);
  const blocks: Buffer[] = [];
  for (const [index, request] of requests.entries()) {
    socket.write(Buffer.concat(frames(request, 2 * index + 1)));
    const { value } = await received.next();
    if (value === undefined) throw new Error('The server ended the connection');
    blocks.push(value);
  }
  socket.destroy();
  return blocks;
}

/** A header block in as few frames as may be. */
function frames(block: Buffer, stream: number): Buffer[] {
  const frames: Buffer[] = [];
  for (let start = 0; start < block.length; start += maxFrame) {
    const end = start + maxFrame;
    const flags = (start === 0 ? endStream : 0) | (end >= block.length ? endHeaders : 0);
    frames.push(frame(start === 0 ? types.headers : types.continuation, flags, stream, block.subarray(start, end)));
  }
  return frames;
}

/** The header blocks that come from a server which neither pads them nor gives priorities. */
async function* readBlocks(socket: net.Socket): AsyncGenerator<Buffer, undefined> {
  let buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  for await (const chunk of socket) {
    buffer = Buffer.concat([buffer, chunk as Buffer]);
    while (buffer.length >= 9 && buffer.length >= 9 + buffer.readUIntBE(0, 3)) {
      const end = 9 + buffer.readUIntBE(0, 3);
      const type = buffer.readUInt8(3);
      if (type === types.headers || type === types.continuation) {
        parts.push(buffer.subarray(9, end));
        if ((buffer.readUInt8(4) & endHeaders) !== 0) {
          yield Buffer.concat(parts);
          parts = [];
        }
      }
      if (type === types.rstStream || type === types.goAway) throw new Error('The server refuses a request');
      buffer = buffer.subarray(end);
    }
  }
  return undefined;
}

function pairs(raw: readonly string[]): Field[] {
  const fields: Field[] = [];
  for (let index = 0; index < raw.length; index += 2) fields.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return fields;
}
