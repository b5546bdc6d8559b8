import { libc } from './libc.ts';

const SOL_SOCKET = 1;
const SO_LINGER = 13;

/** `struct linger { int l_onoff; int l_linger; }` (include/linux/socket.h) as {1, 0}. */
const onWithoutDelay = new Uint8Array(Int32Array.of(1, 0).buffer);

/**
 * Makes the close of a TCP socket send RST instead of FIN, so that neither side keeps it in TIME_WAIT.
 * Gives false when the kernel was not or could not be told.
 */
export function resetOnClose(fd: number): boolean {
  return libc()?.setsockopt(fd, SOL_SOCKET, SO_LINGER, onWithoutDelay, onWithoutDelay.length) === 0;
}
