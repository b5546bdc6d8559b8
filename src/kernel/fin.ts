import { libc } from './libc.ts';

const SHUT_WR = 1;
const MSG_DONTWAIT = 0x40;
const scratch = new Uint8Array(64 * 1024);
/** What is thrown away in one go, so that a target that floods cannot hold up the rest. */
const maxDrainedAtOnce = 16;

/** Ends the sending half of a TCP connection by FIN. Gives false when the kernel was not or could not be told. */
export function sendFin(fd: number): boolean {
  return libc()?.shutdown(fd, SHUT_WR) === 0;
}

/**
 * Throws away what has come, and tells whether the other end has sent its FIN (or the connection is lost): data left
 * unread would turn a close into a reset.
 */
export function otherEndFinished(fd: number): boolean {
  for (let drained = 0; drained < maxDrainedAtOnce; drained++) {
    const count = libc()?.recv(fd, scratch, scratch.length, MSG_DONTWAIT) ?? 0;
    if (count === 0) return true;
    if (count < 0) return !mayComeLater(libc()?.errno());
  }
  return false;
}

const EINTR = 4;
const EAGAIN = 11;

function mayComeLater(errno: number | undefined): boolean {
  return errno === EAGAIN || errno === EINTR;
}
