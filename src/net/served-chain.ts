import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { BoundedCache } from './bounded-cache.ts';
import { type Certificate, certificateOf } from './certificate.ts';

interface Shown {
  readonly chain: readonly Certificate[];
  /** What the runtime said of the chain. */
  readonly verdict: string;
  /** How many bytes the server's side of the handshake had. */
  readonly size: number;
  /** Milliseconds on the clock of `performance.now()`. */
  readonly read: number;
}

/** By the fingerprint of the server's own certificate. */
const shown = new BoundedCache<string, Shown>(2000);

/** A signature differs by a few bytes from handshake to handshake; a certificate has hundreds. */
const sameSize = 16;
const maxAge = 10 * 60 * 1000;

const nothing: readonly Certificate[] = [];

/**
 * The certificates as the server showed them, its own first, in a handshake in which it sent `size` bytes. Reading them
 * all is dear, and leaks on Node.js 20: it is left out while its own certificate, what the runtime says and the size
 * are those of a handshake of the last minutes; the list is then the same object. Throws RangeError when a certificate
 * cannot be read.
 */
export function servedChain(socket: TLSSocket, size: number): readonly Certificate[] {
  const { fingerprint256 } = TLSSocket.prototype.getPeerCertificate.call(socket, false);
  // A server may show no certificate; the runtime's types do not tell.
  if ((fingerprint256 as string | undefined) === undefined) return nothing;
  const verdict = String(socket.authorizationError);
  const before = shown.get(fingerprint256);
  const now = performance.now();
  if (
    before !== undefined &&
    before.verdict === verdict &&
    Math.abs(before.size - size) <= sameSize &&
    now - before.read < maxAge
  ) {
    return before.chain;
  }
  const chain = readChain(socket);
  shown.set(fingerprint256, { chain, verdict, size, read: now });
  return chain;
}

function readChain(socket: TLSSocket): readonly Certificate[] {
  const chain: Certificate[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  for (; next !== undefined; next = next.issuerCertificate) chain.push(certificateOf(next));
  return chain;
}
