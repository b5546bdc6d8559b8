import { hash, verify, X509Certificate } from 'node:crypto';
import { signatureAlgorithm } from './algorithms.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { Certificate } from './certificate.ts';
import { type CertificateFields, certificateFields, publicKeyOf } from './certificate-fields.ts';
import { derContent } from './der.ts';
import { type OcspResponse, type OcspStatus, parseOcspResponse, type SingleResponse } from './ocsp-response.ts';
import { issued } from './trust.ts';

/** What a server's stapled response says of its certificate (RFC 6960); times in seconds since the epoch. */
export interface Staple {
  /** Undefined when the response has none for this certificate. */
  readonly status: OcspStatus | undefined;
  readonly revokedAt: number | undefined;
  readonly producedAt: number | undefined;
  readonly thisUpdate: number | undefined;
  readonly nextUpdate: number | undefined;
  /** Why it proves nothing; undefined when it does. */
  readonly problem: string | undefined;
}

/** What does not change with the time of day. */
interface Examined extends Staple {
  /** The delegate of the issuer that signed; undefined when the issuer did so itself. */
  readonly delegate: X509Certificate | undefined;
}

/** By certificate, issuer and response: a server shows the same ones for hours, and signatures are verified once. */
const examined = new BoundedCache<string, Examined>(1000);

/** How far the responder's clock may be ahead of ours, in seconds. */
const clockSkew = 300;

/**
 * Reads the response that was stapled to the first certificate of `served`. Its issuer is found in `verified`, or else
 * among those served.
 */
export function readStaple(
  response: Buffer,
  served: readonly Certificate[],
  verified: readonly Certificate[] | undefined,
): Staple | undefined {
  const [leaf] = served;
  if (leaf === undefined) return undefined;
  const issuer = verified?.[1] ?? issuerAmong(served);
  const key = `${leaf.fingerprint} ${issuer?.fingerprint ?? ''} ${hash('sha256', response)}`;
  let staple = examined.get(key);
  if (staple === undefined) {
    staple = examine(response, leaf, issuer);
    examined.set(key, staple);
  }
  const problem = staple.problem ?? timeProblem(staple);
  return problem === undefined ? staple : { ...staple, problem };
}

/** Whether a list has been looked through, and what was found: a signature is verified each time. */
const issuers = new WeakMap<readonly Certificate[], { readonly found: Certificate | undefined }>();

function issuerAmong(served: readonly Certificate[]): Certificate | undefined {
  let known = issuers.get(served);
  if (known === undefined) {
    const [leaf, ...others] = served;
    known = { found: leaf && [...others, leaf].find(({ x509 }) => issued(x509, leaf.x509)) };
    issuers.set(served, known);
  }
  return known.found;
}

function timeProblem({ thisUpdate = 0, nextUpdate = Infinity, delegate }: Examined): string | undefined {
  const now = Date.now() / 1000;
  if (thisUpdate > now + clockSkew) return 'It is of the future';
  if (nextUpdate < now - clockSkew) return 'It is out of date';
  if (delegate === undefined) return undefined;
  const holds = Date.parse(delegate.validFrom) / 1000 <= now && now <= Date.parse(delegate.validTo) / 1000;
  return holds ? undefined : "Its signer's certificate is not valid now";
}

function examine(response: Buffer, leaf: Certificate, issuer: Certificate | undefined): Examined {
  const nothing = { status: undefined, revokedAt: undefined, thisUpdate: undefined, nextUpdate: undefined };
  let staple: Omit<Examined, 'problem'> = { ...nothing, producedAt: undefined, delegate: undefined };
  try {
    const parsed = parseOcspResponse(response);
    staple = { ...staple, producedAt: parsed.producedAt };
    const authority = issuer && certificateFields(issuer.x509.raw);
    const single = parsed.singles.find((each) => isFor(each, certificateFields(leaf.x509.raw), authority));
    if (single === undefined) return { ...staple, problem: 'It is not for this certificate' };
    const { status, revokedAt, thisUpdate, nextUpdate } = single;
    staple = { ...staple, status, revokedAt, thisUpdate, nextUpdate };
    if (issuer === undefined) return { ...staple, problem: 'The issuer of the certificate is not known' };
    return { ...staple, ...examineSignature(parsed, issuer.x509) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ...staple, problem: error.message };
  }
}

const digests: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Compares a CertID (RFC 6960 section 4.1.1); without the issuer by the serial number alone. */
function isFor(single: SingleResponse, leaf: CertificateFields, issuer: CertificateFields | undefined): boolean {
  if (!same(single.serialNumber, derContent(leaf.bytes, leaf.serialNumber))) return false;
  if (issuer === undefined) return true;
  const digest = digests[single.hashAlgorithm];
  if (digest === undefined) return false;
  const hashed = (bytes: Uint8Array): Buffer => hash(digest, bytes, 'buffer');
  return (
    same(single.issuerNameHash, hashed(nameOf(issuer))) && same(single.issuerKeyHash, hashed(publicKeyOf(issuer).key))
  );
}

/** The most certificates of a response that are tried: signatures are dear. */
const maxDelegates = 4;

/** The signer is the issuer itself, or whom it has made its delegate (RFC 6960 section 4.2.2.2). */
function examineSignature(response: OcspResponse, issuer: X509Certificate): Pick<Examined, 'problem' | 'delegate'> {
  if (isSigner(response, issuer)) {
    return { delegate: undefined, problem: hasSigned(issuer, response) ? undefined : 'Its signature is wrong' };
  }
  const named = response.certificates.flatMap((bytes) => readCertificate(bytes) ?? []);
  const signers = named.filter((certificate) => isSigner(response, certificate)).slice(0, maxDelegates);
  const delegate = signers.find((certificate) => isDelegate(certificate, issuer));
  if (delegate === undefined) return { delegate, problem: 'Its signer is neither the issuer nor its delegate' };
  return { delegate, problem: hasSigned(delegate, response) ? undefined : 'Its signature is wrong' };
}

function isSigner({ responder }: OcspResponse, certificate: X509Certificate): boolean {
  const fields = certificateFields(certificate.raw);
  if ('name' in responder) return same(responder.name, nameOf(fields));
  return same(responder.keyHash, hash('sha1', publicKeyOf(fields).key, 'buffer'));
}

/** The key purpose id-kp-OCSPSigning. */
const ocspSigning = '1.3.6.1.5.5.7.3.9';

function isDelegate(certificate: X509Certificate, issuer: X509Certificate): boolean {
  // The runtime gives purposes as keyUsage; undefined without any, which its types do not tell.
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  return purposes?.includes(ocspSigning) === true && issued(issuer, certificate);
}

function hasSigned(signer: X509Certificate, { signed, signature, signatureAlgorithm: oid }: OcspResponse): boolean {
  const { name, digest } = signatureAlgorithm(oid);
  if (digest === undefined) throw new RangeError(`Its signature by ${name} cannot be verified`);
  try {
    return verify(digest, signed, signer.publicKey, signature);
  } catch {
    return false; // The runtime throws for a key that does not suit the algorithm.
  }
}

function readCertificate(bytes: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined; // Whoever it names cannot be the signer.
  }
}

function nameOf({ bytes, subject }: CertificateFields): Uint8Array {
  return bytes.subarray(subject.start, subject.end);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
