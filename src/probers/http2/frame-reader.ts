import { flags, type Frame, frameTypes, headLength, maxPayload } from './frames.ts';

/** Parts what a server sends into frames (RFC 9113, section 4.1). */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;

  /** Takes what was received next. */
  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /**
   * The next frame; undefined when more has to be received first. Throws RangeError for one that is too large, and when
   * the first is not that of the settings, with which every server begins (section 3.4).
   */
  next(): Frame | undefined {
    const bytes = this.#rest;
    if (bytes.length < headLength) return undefined;
    const length = bytes.readUIntBE(0, 3);
    const frame = {
      type: bytes[3] ?? 0,
      flags: bytes[4] ?? 0,
      stream: bytes.readUInt32BE(5) & 0x7fff_ffff,
      payload: bytes.subarray(headLength, headLength + length),
    };
    if (!this.#begun && (frame.type !== frameTypes.settings || (frame.flags & flags.ack) !== 0)) {
      throw new RangeError('The server does not speak HTTP/2');
    }
    if (length > maxPayload) throw new RangeError(`A frame of ${length} bytes is too large`);
    if (bytes.length < headLength + length) return undefined;
    this.#begun = true;
    this.#rest = bytes.subarray(headLength + length);
    return frame;
  }
}

/** What a payload holds besides its padding (RFC 9113, section 6.1). Throws RangeError when the padding is longer than it. */
export function withoutPadding({ flags: given, payload }: Frame): Buffer {
  if ((given & flags.padded) === 0) return payload;
  const padding = payload[0] ?? Infinity;
  if (padding >= payload.length) throw new RangeError('The padding of a frame is longer than the frame');
  return payload.subarray(1, payload.length - padding);
}

/** The part of a header block in a HEADERS frame (RFC 9113, section 6.2). Throws RangeError when there is less than must be. */
export function headerBlock(frame: Frame): Buffer {
  const bytes = withoutPadding(frame);
  if ((frame.flags & flags.priority) === 0) return bytes;
  if (bytes.length < 5) throw new RangeError('A HEADERS frame lacks its priority');
  return bytes.subarray(5);
}

/** The payload of a frame that has so many bytes. Throws RangeError when it has others. */
export function payloadOf({ type, payload }: Frame, length: number): Buffer {
  if (payload.length !== length)
    throw new RangeError(`A frame of type ${type} has ${payload.length} bytes, not ${length}`);
  return payload;
}
