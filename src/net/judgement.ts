import type { X509Certificate } from 'node:crypto';
import net from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Certificate, dateFault, dateText } from './certificate.ts';
import { ProbeFailure, type Reason } from './failure.ts';
import type { Staple } from './ocsp.ts';

/**
 * Why the certificates of a handshake that has ended are not to be trusted; undefined when they are. Of several faults
 * one is told: a date before an unknown authority (OpenSSL's order), then the revocation, then the name.
 */
export function judge(
  socket: TLSSocket,
  chain: readonly Certificate[],
  staple: Staple | undefined,
  name: string,
): ProbeFailure | undefined {
  const [leaf] = chain;
  if (leaf === undefined) return refusal('certificate_untrusted', 'The server showed no certificate');
  const of = `The certificate of ${leaf.subject || 'the server'}`;
  if (!socket.authorized) {
    const code = String(socket.authorizationError);
    const why = `${of} does not verify: ${code}${wrongDates(chain)}`;
    return refusal(reasonsByCode[code] ?? 'certificate_untrusted', why);
  }
  if (staple?.status === 'revoked' && staple.problem === undefined) {
    const when = staple.revokedAt === undefined ? '' : ` at ${dateText(staple.revokedAt)}`;
    return refusal('certificate_revoked', `${of} was revoked${when}`);
  }
  if (certificateIsFor(leaf.x509, name)) return undefined;
  const names = leaf.x509.subjectAltName ?? 'no name at all';
  const why = `The certificate is not for ${name || 'a target without a name'} but for ${names}`;
  return refusal('certificate_wrong_host', why);
}

function refusal(reason: Reason, message: string): ProbeFailure {
  return new ProbeFailure('tls', reason, message);
}

const reasonsByCode: Readonly<Record<string, Reason>> = {
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_NOT_YET_VALID: 'certificate_not_yet_valid',
  CERT_REVOKED: 'certificate_revoked',
};

/** Which of the certificates is at fault, where that is a matter of dates. */
function wrongDates(chain: readonly Certificate[]): string {
  for (const certificate of chain) {
    const fault = dateFault(certificate);
    if (fault !== undefined) return ` (${fault.message})`;
  }
  return '';
}

/** RFC 6125 by the subject's alternative names alone: a common name proves nothing. */
function certificateIsFor(certificate: X509Certificate, name: string): boolean {
  if (net.isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined;
}
