import { libc } from './libc.ts';

const SOL_SOCKET = 1;
const SO_ERROR = 4;

/**
 * Takes the error that waits on a socket (SO_ERROR, socket(7)) as an errno, 0 for none; undefined when the kernel was
 * not or could not be asked.
 */
export function takeSocketError(fd: number): number | undefined {
  const value = new Int32Array(1);
  const length = Uint32Array.of(value.byteLength);
  const result = libc()?.getsockopt(fd, SOL_SOCKET, SO_ERROR, new Uint8Array(value.buffer), length);
  return result === 0 ? value[0] : undefined;
}
