/** The types of HTTP/2 frames (RFC 9113, section 6). */
export const types = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const endStream = 0x1;
const endHeaders = 0x4;

/** One frame (RFC 9113, section 4.1); `stream` 0 is the connection. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

export function settings(...values: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = values.map(([id, value]) => {
    const bytes = Buffer.alloc(6);
    bytes.writeUInt16BE(id, 0);
    bytes.writeUInt32BE(value, 2);
    return bytes;
  });
  return frame(types.settings, 0, 0, Buffer.concat(payload));
}

/** A field as a literal that is not indexed (RFC 7541, section 6.2.2); name and value of less than 127 bytes. */
export function field(name: string, value: string): Buffer {
  const text = (part: string): Buffer => Buffer.concat([Buffer.from([part.length]), Buffer.from(part, 'latin1')]);
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** The headers of the response on the first stream. */
export function headers(fields: Readonly<Record<string, string>>, flags = 0): Buffer {
  const block = Object.entries(fields).map(([name, value]) => field(name, value));
  return frame(types.headers, endHeaders | flags, 1, Buffer.concat(block));
}

/** Data on the first stream. */
export function data(text: string, flags = 0): Buffer {
  return frame(types.data, flags, 1, Buffer.from(text));
}

/** The end of the first stream by RST_STREAM. */
export function reset(code: number): Buffer {
  return frame(types.rstStream, 0, 1, uint32(code));
}

export function goAway(lastStream: number, code: number): Buffer {
  return frame(types.goAway, 0, 0, uint32(lastStream, code));
}
