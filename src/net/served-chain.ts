import { hash, type X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { BoundedCache } from './bounded-cache.ts';
import { type Certificate, certificateOf } from './certificate.ts';
import { derContent, derTags, readDer } from './der.ts';

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

/**
 * The certificates as the server showed them, its own first, in a handshake in which it sent `size` bytes. Reading them
 * all is dear, and leaks on Node.js 20: it is left out while its own certificate, what the runtime says and the size
 * are those of a handshake of the last minutes; the list is then the same object. Throws RangeError when a certificate
 * cannot be read.
 */
export function servedChain(socket: TLSSocket, size: number): readonly Certificate[] {
  const fingerprint = leafFingerprint(socket.getSession());
  const before = fingerprint === undefined ? undefined : shown.get(fingerprint);
  const verdict = String(socket.authorizationError);
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
  const [leaf] = chain;
  if (leaf !== undefined) shown.set(leaf.fingerprint, { chain, verdict, size, read: now });
  return chain;
}

/** Where OpenSSL's SSL_SESSION (ssl/ssl_asn1.c) has the server's own certificate: [3] EXPLICIT in a SEQUENCE. */
const peerTag = 0xa3;

/** The fingerprint of the server's certificate, from the session: that costs a tenth of what the certificate itself does. */
function leafFingerprint(session: Buffer | null | undefined): string | undefined {
  const start = session ? sessionStart(session) : -1;
  if (!session || start < 0) return undefined;
  const { contentStart, end } = readDer(session, start);
  for (let offset = contentStart; offset < end;) {
    const field = readDer(session, offset);
    if (field.tag === peerTag) return hash('sha256', derContent(session, field));
    offset = field.end;
  }
  return undefined;
}

/** Newer runtimes put the server's name before the session. */
function sessionStart(session: Buffer): number {
  let at = session.indexOf(derTags.sequence);
  while (at >= 0 && !isLastElement(session, at)) at = session.indexOf(derTags.sequence, at + 1);
  return at;
}

/** Whether an element with a length of two bytes ends with `bytes`. */
function isLastElement(bytes: Buffer, at: number): boolean {
  return bytes[at + 1] === 0x82 && at + 4 <= bytes.length && bytes.readUInt16BE(at + 2) === bytes.length - at - 4;
}

function readChain(socket: TLSSocket): readonly Certificate[] {
  const chain: Certificate[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  for (; next !== undefined; next = next.issuerCertificate) chain.push(certificateOf(next));
  return chain;
}
