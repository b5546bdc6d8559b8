import { randomInt } from 'node:crypto';

/** An address of Linux's loopback interface that no other test uses, and where no earlier run has left a socket. */
export function ownAddress(): string {
  const byte = (): number => 1 + randomInt(254);
  return `127.${byte()}.${byte()}.${byte()}`;
}
