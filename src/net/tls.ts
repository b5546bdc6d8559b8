import type { X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { type Certificate, certificateOf } from './certificate.ts';
import { ProbeFailure, type Reason } from './failure.ts';
import type { TlsSettings } from './settings.ts';
import type { TlsContext } from './tls-context.ts';

/** What a handshake showed. */
export interface TlsFacts {
  /** As blackbox_exporter writes it, e.g. `TLS 1.3`. */
  readonly version: string;
  /** The cipher suite by its IANA name. */
  readonly cipher: string;
  /** The protocol chosen by ALPN; undefined when none was. */
  readonly alpn: string | undefined;
  /** The certificates as served, the server's own first. */
  readonly chain: readonly Certificate[];
  /** Why the server's certificate is not to be trusted; undefined when it is. */
  readonly distrust: ProbeFailure | undefined;
  /** When the last of the verified chains expires, in seconds since the epoch; undefined when none was verified. */
  readonly chainExpiry: number | undefined;
}

/** How one handshake is to go. */
export interface TlsOptions {
  readonly settings: TlsSettings;
  /** The name or IP address that the certificate must be for; `settings.serverName` goes before it. */
  readonly host: string;
  /** The protocols to offer by ALPN, best first. */
  readonly alpn?: readonly string[];
}

/**
 * Puts TLS on a connected socket; the handshake goes on after the return. A certificate that cannot be trusted does
 * not end it: `tlsFacts` tells.
 */
export function startTls(socket: net.Socket, options: TlsOptions, context: TlsContext): tls.TLSSocket {
  const name = serverName(options);
  const secured = tls.connect({
    socket,
    secureContext: context.secureContext,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(net.isIP(name) === 0 && name !== '' && { servername: name }),
    ...(options.alpn !== undefined && { ALPNProtocols: [...options.alpn] }),
  });
  // Node would translate the whole chain for a check of the name that is made elsewhere.
  secured.getPeerCertificate = () => noCertificate;
  return secured;
}

const noCertificate = {} as tls.DetailedPeerCertificate;

function serverName({ settings, host }: TlsOptions): string {
  return (settings.serverName ?? host).replace(/\.$/, '');
}

const versionNames: Readonly<Record<string, string>> = {
  TLSv1: 'TLS 1.0',
  'TLSv1.1': 'TLS 1.1',
  'TLSv1.2': 'TLS 1.2',
  'TLSv1.3': 'TLS 1.3',
};

/** Reads what the handshake of `socket`, ended, showed, and judges the certificate. */
export function tlsFacts(socket: tls.TLSSocket, options: TlsOptions, context: TlsContext): TlsFacts {
  const chain: Certificate[] = [];
  for (let next = socket.getPeerX509Certificate(); next !== undefined; next = next.issuerCertificate) {
    chain.push(readCertificate(next));
  }
  const distrust = judge(socket, chain[0], serverName(options));
  const { insecureSkipVerify } = options.settings;
  const trusted = !insecureSkipVerify && (distrust === undefined || distrust.reason === 'certificate_wrong_host');
  const { standardName } = socket.getCipher();
  return {
    version: versionNames[socket.getProtocol() ?? ''] ?? 'unknown',
    cipher: standardName,
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : undefined,
    chain,
    distrust,
    chainExpiry: trusted ? context.trust.chainExpiry(chain) : undefined,
  };
}

/** OpenSSL takes certificates whose extensions are broken. */
function readCertificate(x509: X509Certificate): Certificate {
  try {
    return certificateOf(x509);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ProbeFailure('tls', 'tls_protocol', `A certificate cannot be read: ${error.message}`, { cause: error });
  }
}

const reasonsByCode: Readonly<Record<string, Reason>> = {
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_NOT_YET_VALID: 'certificate_not_yet_valid',
  CERT_REVOKED: 'certificate_revoked',
};

function judge(socket: tls.TLSSocket, leaf: Certificate | undefined, name: string): ProbeFailure | undefined {
  if (leaf === undefined) return new ProbeFailure('tls', 'certificate_untrusted', 'The server showed no certificate');
  if (!socket.authorized) {
    const code = String(socket.authorizationError);
    const reason = reasonsByCode[code] ?? 'certificate_untrusted';
    return new ProbeFailure(
      'tls',
      reason,
      `The certificate of ${leaf.subject || 'the server'} does not verify: ${code}`,
    );
  }
  if (certificateIsFor(leaf.x509, name)) return undefined;
  const names = leaf.x509.subjectAltName ?? 'no name at all';
  return new ProbeFailure(
    'tls',
    'certificate_wrong_host',
    `The certificate is not for ${name || 'a target without a name'} but for ${names}`,
  );
}

/** RFC 6125 by the subject's alternative names alone: a common name proves nothing. */
function certificateIsFor(certificate: X509Certificate, name: string): boolean {
  if (net.isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined;
}
