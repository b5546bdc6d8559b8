import type { Handshake } from '../kernel/tcp-info.ts';

/**
 * How long a connect took, in seconds, from what was seen of it and what the kernel knew right after: it measured the
 * time from SYN to SYN-ACK itself, which no delay of this process lengthens. Of a SYN that was sent again it measured
 * but a part: then what was seen holds, as it does without the kernel's word.
 */
export function connectDuration(seen: number, handshake: Handshake | undefined): number {
  if (handshake === undefined || handshake.retransmits > 0) return seen;
  return Math.min(seen, handshake.rtt);
}
