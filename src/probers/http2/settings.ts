import { maxHeaderSize } from '../http/response-head.ts';
import { type Frame, frame, frameTypes, windowUpdate } from './frames.ts';

/** SETTINGS parameters (RFC 9113, section 6.5.2). */
const ids = { enablePush: 2, initialWindowSize: 4, maxFrameSize: 5, maxHeaderListSize: 6 } as const;

export const maxWindow = 2 ** 31 - 1;
/** The windows of a connection and its streams, before anybody has said anything. */
export const defaultWindow = 65_535;
/** How much a server may send ahead on the stream, and on the connection besides: as Go's client lets it. */
export const streamWindow = 4 * 1024 * 1024;
const connectionWindow = 1024 * 1024 * 1024;

/** What a client says first (RFC 9113, section 3.4). */
export const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  settings([
    [ids.enablePush, 0],
    [ids.initialWindowSize, streamWindow],
    [ids.maxHeaderListSize, maxHeaderSize],
  ]),
  windowUpdate(0, connectionWindow),
]);

function settings(values: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(6 * values.length);
  for (const [index, [id, value]] of values.entries()) {
    payload.writeUInt16BE(id, 6 * index);
    payload.writeUInt32BE(value, 6 * index + 2);
  }
  return frame(frameTypes.settings, 0, 0, payload);
}

/** The window that a server's settings give each stream; undefined when they leave it. Throws RangeError for a value that may not be. */
export function initialWindow({ payload }: Frame): number | undefined {
  if (payload.length % 6 !== 0) throw new RangeError('The settings are no list of numbers');
  let window: number | undefined;
  for (let at = 0; at < payload.length; at += 6) {
    const id = payload.readUInt16BE(at);
    const value = payload.readUInt32BE(at + 2);
    const valid =
      id === ids.enablePush
        ? value === 0
        : id === ids.initialWindowSize
          ? value <= maxWindow
          : id !== ids.maxFrameSize || (value >= 2 ** 14 && value < 2 ** 24);
    if (!valid) throw new RangeError(`The setting ${id} may not be ${value}`);
    if (id === ids.initialWindowSize) window = value;
  }
  return window;
}
