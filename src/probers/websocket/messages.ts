import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { ProbeFailure } from '../../net/failure.ts';
import { StreamReader } from '../../net/stream-reader.ts';
import { write } from '../dialogue.ts';
import { broken, encodeFrame, type FrameHeader, type Opcode, opcodes, readHeader, restOfHeader } from './frame.ts';
import type { ProbeSignal } from '../../net/abort.ts';

/** The longest message that is taken, in bytes. */
const maxMessage = 1024 * 1024;
/** The most frames that it may come in: empty ones have no length to be limited by. */
const maxFrames = 4096;
const normalClosure = Buffer.from([0x03, 0xe8]);

/** The messages of a WebSocket, from when its handshake is over (RFC 6455). */
export class Messages {
  readonly #stream: Duplex;
  readonly #signal: ProbeSignal;
  readonly #reader: StreamReader;

  constructor(stream: Duplex, signal: ProbeSignal) {
    this.#stream = stream;
    this.#signal = signal;
    this.#reader = new StreamReader(stream, signal, 'dialogue');
  }

  /** The next text or binary message; pings are answered meanwhile. Throws ProbeFailure when none comes. */
  async next(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let length = 0; ;) {
      const header = await this.#header();
      if (header.opcode >= opcodes.close) {
        await this.#control(header.opcode, await this.#exactly(header.length));
        continue;
      }
      if ((header.opcode === opcodes.continuation) !== pieces.length > 0) {
        throw broken('The frames of two messages are mixed, or one has no beginning');
      }
      length += header.length;
      if (length > maxMessage || pieces.length === maxFrames) {
        const why = `A message is longer than ${maxMessage} bytes, or has more than ${maxFrames} frames`;
        throw new ProbeFailure('dialogue', 'too_large', why);
      }
      pieces.push(await this.#exactly(header.length));
      if (header.final) return Buffer.concat(pieces);
    }
  }

  /** Sends a message. Throws ProbeFailure when it cannot. */
  send(opcode: Opcode, message: Buffer): Promise<void> {
    return write(this.#stream, encodeFrame(opcode, message, randomBytes(4)), this.#signal);
  }

  /** Says that all is well and over, without waiting for the server's farewell. */
  sayGoodbye(): void {
    if (this.#stream.writable) this.#stream.write(encodeFrame(opcodes.close, normalClosure, randomBytes(4)));
  }

  async #header(): Promise<FrameHeader> {
    const start = await this.#exactly(2);
    const rest = restOfHeader(start);
    return readHeader(rest === 0 ? start : Buffer.concat([start, await this.#exactly(rest)]));
  }

  async #exactly(count: number): Promise<Buffer> {
    const bytes = await this.#reader.readBytes(count);
    if (bytes.length === count) return bytes;
    throw new ProbeFailure('dialogue', 'closed', 'The server closed the connection, and no whole message came');
  }

  async #control(opcode: Opcode, payload: Buffer): Promise<void> {
    if (opcode === opcodes.ping) await this.send(opcodes.pong, payload);
    else if (opcode === opcodes.close) throw closed(payload);
  }
}

/** RFC 6455, section 5.5.1: two bytes of a status code, then a reason. */
function closed(payload: Buffer): ProbeFailure {
  if (payload.length < 2) return new ProbeFailure('dialogue', 'closed', 'The server closed the WebSocket');
  const reason = payload.toString('utf8', 2);
  const why = `The server closed the WebSocket with status ${payload.readUInt16BE(0)}${reason && `: ${reason}`}`;
  return new ProbeFailure('dialogue', 'closed', why);
}
