import { GrpcFailure, grpcStatus } from './status.ts';

/** A health check's answer has two bytes: far more of them is no answer. */
const maxMessage = 64 * 1024;
const prefixLength = 5;

/** A message as it is sent: a byte that says "not compressed", its length in four bytes, itself (PROTOCOL-HTTP2.md). */
export function frameMessage(message: Buffer): Buffer {
  const prefix = Buffer.alloc(prefixLength);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Gathers the one message of a response from the data of its stream. */
export class MessageReader {
  #received: Buffer = Buffer.alloc(0);

  /** Throws GrpcFailure as soon as the data can be no single message of acceptable size. */
  push(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const length = this.#length();
    if (length !== undefined && this.#received.length > prefixLength + length) {
      throw malformed('The answer holds more than one message');
    }
  }

  /** The message. Throws GrpcFailure when it did not come, or not wholly. */
  finish(): Buffer {
    const length = this.#length();
    if (this.#received.length === 0) throw malformed('The answer holds no message');
    if (length === undefined || this.#received.length < prefixLength + length) {
      throw malformed(`The message ends after ${this.#received.length} bytes, in its midst`);
    }
    return this.#received.subarray(prefixLength);
  }

  #length(): number | undefined {
    const [compressed] = this.#received;
    if (compressed !== undefined && compressed > 0) {
      throw malformed(`The message is compressed (flag ${compressed}), although no compression was offered`);
    }
    if (this.#received.length < prefixLength) return undefined;
    const length = this.#received.readUInt32BE(1);
    if (length <= maxMessage) return length;
    const why = `The message has ${length} bytes: more than ${maxMessage} are not taken`;
    throw new GrpcFailure(grpcStatus.resourceExhausted, 'response', 'too_large', why);
  }
}

/** The failure of an answer that is not as gRPC demands. */
export function malformed(message: string, options?: ErrorOptions): GrpcFailure {
  return new GrpcFailure(grpcStatus.internal, 'response', 'bad_response', message, options);
}
