import type { X509Certificate } from 'node:crypto';
import { certificateSignature, keyKind } from './algorithms.ts';
import { BoundedCache } from './bounded-cache.ts';
import { certificateFields } from './certificate-fields.ts';
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
  /** `RSA`, `ECDSA`, `Ed25519`, ...; an object identifier when it has no name here. */
  readonly keyAlgorithm: string;
  readonly keyBits: number;
  /** By which it is signed, as `ecdsa-with-SHA256`. */
  readonly signatureAlgorithm: string;
}

const cache = new BoundedCache<string, Certificate>(2000);

/** Reads a certificate; one seen before, by its fingerprint, is not parsed again. */
export function certificateOf(x509: X509Certificate): Certificate {
  const key = x509.fingerprint256;
  let certificate = cache.get(key);
  if (certificate === undefined) {
    certificate = parse(x509, key);
    cache.set(key, certificate);
  }
  return certificate;
}

export interface DateFault {
  readonly reason: 'certificate_expired' | 'certificate_not_yet_valid';
  /** Whose certificate, and when. */
  readonly message: string;
}

/** What is wrong with a certificate's dates today; undefined when nothing is. */
export function dateFault({ subject, notBefore, notAfter }: Certificate): DateFault | undefined {
  const now = Date.now() / 1000;
  if (notAfter < now) return { reason: 'certificate_expired', message: `${subject} expired at ${dateText(notAfter)}` };
  if (notBefore <= now) return undefined;
  return { reason: 'certificate_not_yet_valid', message: `${subject} begins at ${dateText(notBefore)}` };
}

/** A moment in seconds since the epoch, as `2026-01-31T12:00:00Z`. */
export function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

function parse(x509: X509Certificate, fingerprint256: string): Certificate {
  const fields = certificateFields(x509.raw);
  const { bytes, issuer, subject, extensions } = fields;
  const { algorithm, bits } = keyKind(fields);
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
    keyAlgorithm: algorithm,
    keyBits: bits,
    signatureAlgorithm: certificateSignature(fields),
  };
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
