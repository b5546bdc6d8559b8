import type { X509Certificate } from 'node:crypto';
import { type DerElement, derChildren, derContent, derTags, oidText, readDer } from './der.ts';
import { commonName, distinguishedName } from './distinguished-name.ts';

/** What a probe tells of one certificate (RFC 5280). */
export interface Certificate {
  readonly x509: X509Certificate;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  /** Lower-case hex, two digits a byte, without leading zero bytes. */
  readonly serialNumber: string;
  readonly subject: string;
  readonly issuer: string;
  readonly subjectCommonName: string;
  readonly issuerCommonName: string;
  /** The DNS names among the subject's alternative names. */
  readonly dnsNames: readonly string[];
  /** Seconds since the epoch. */
  readonly notBefore: number;
  /** Seconds since the epoch. */
  readonly notAfter: number;
}

const maxCached = 1000;
const cache = new Map<string, Certificate>();

/** Reads a certificate; one seen before, by its fingerprint, is not parsed again. */
export function certificateOf(x509: X509Certificate): Certificate {
  const key = x509.fingerprint256;
  let certificate = cache.get(key);
  if (certificate === undefined) {
    certificate = parse(x509, key);
    if (cache.size >= maxCached) cache.delete(cache.keys().next().value ?? '');
    cache.set(key, certificate);
  }
  return certificate;
}

function parse(x509: X509Certificate, fingerprint256: string): Certificate {
  const { issuer, subject, extensions, bytes } = toBeSigned(x509.raw);
  return {
    x509,
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    serialNumber: x509.serialNumber.toLowerCase().replace(/^(00?)+$/, ''),
    subject: distinguishedName(bytes, subject),
    issuer: distinguishedName(bytes, issuer),
    subjectCommonName: commonName(bytes, subject),
    issuerCommonName: commonName(bytes, issuer),
    dnsNames: extensions === undefined ? [] : dnsNames(bytes, extensions),
    notBefore: Date.parse(x509.validFrom) / 1000,
    notAfter: Date.parse(x509.validTo) / 1000,
  };
}

/** TBSCertificate, RFC 5280 section 4.1: version [0], serial, signature, issuer, validity, subject, key, ..., extensions [3]. */
function toBeSigned(bytes: Buffer): {
  bytes: Buffer;
  issuer: DerElement;
  subject: DerElement;
  extensions: DerElement | undefined;
} {
  const [tbs] = derChildren(bytes, readDer(bytes, 0));
  const fields = tbs === undefined ? [] : derChildren(bytes, tbs);
  const offset = fields[0]?.tag === 0xa0 ? 1 : 0;
  const issuer = fields[offset + 2];
  const subject = fields[offset + 4];
  if (issuer === undefined || subject === undefined) throw new RangeError('The certificate has no issuer or subject');
  return { bytes, issuer, subject, extensions: fields.find(({ tag }) => tag === 0xa3) };
}

const subjectAltName = '2.5.29.17';
const dnsNameTag = 0x82;

function dnsNames(bytes: Buffer, extensions: DerElement): string[] {
  const [list] = derChildren(bytes, extensions);
  for (const extension of list === undefined ? [] : derChildren(bytes, list)) {
    const [id, ...rest] = derChildren(bytes, extension);
    const value = rest.at(-1);
    if (id === undefined || value === undefined || id.tag !== derTags.objectIdentifier) continue;
    if (oidText(derContent(bytes, id)) !== subjectAltName) continue;
    return derChildren(bytes, readDer(bytes, value.contentStart))
      .filter(({ tag }) => tag === dnsNameTag)
      .map((name) => Buffer.from(derContent(bytes, name)).toString('latin1'));
  }
  return [];
}
