import { libc } from './libc.ts';
import { CLOCK_REALTIME } from './ping-constants.ts';
import { fixedBytes, readWord, viewOf, wordLength } from './ping-message.ts';

/** Gives when the datagram that was read last had come, as `struct timespec` (include/uapi/asm-generic/sockios.h). */
const SIOCGSTAMPNS = 0x8907;
const ENOENT = 2;

const time = fixedBytes(2 * wordLength);
const timeView = viewOf(time);

/** Has the kernel stamp the datagrams of a UDP socket from now on. Gives false where it cannot be asked. */
export function stampDatagrams(fd: number): boolean {
  const library = libc();
  // Until one has come there is nothing to tell; the question switches the stamps on.
  return library !== undefined && (library.ioctl(fd, SIOCGSTAMPNS, time) === 0 || library.errno() === ENOENT);
}

/** How many milliseconds ago the datagram came that was last read from a UDP socket; undefined when the kernel does not tell. */
export function datagramAge(fd: number): number | undefined {
  const library = libc();
  if (library === undefined || library.ioctl(fd, SIOCGSTAMPNS, time) !== 0) return undefined;
  const came = milliseconds();
  library.clockGettime(CLOCK_REALTIME, time);
  return Math.max(0, milliseconds() - came);
}

function milliseconds(): number {
  return readWord(timeView, 0) * 1e3 + readWord(timeView, wordLength) / 1e6;
}
