import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Certificate } from './certificate.ts';

/** Where systems keep their bundle of root certificates. */
const bundleFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

let roots: string | undefined | null = null;

/** The system's root certificates as PEM; undefined where there are none, so that the runtime's own hold. */
export function systemRoots(): string | undefined {
  if (roots === null) roots = readBundle();
  return roots;
}

function readBundle(): string | undefined {
  const chosen = process.env['SSL_CERT_FILE'];
  for (const file of chosen ? [chosen] : bundleFiles) {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      continue; // The next place is asked; none at all is no error.
    }
  }
  return undefined;
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const maxExpiries = 1000;

/** The certificates that a verification may end at, found by subject. */
export class TrustStore {
  readonly #pem: readonly string[];
  #bySubject: Map<string, X509Certificate[]> | undefined;
  /** By the fingerprints served: signatures are verified once. */
  readonly #expiries = new Map<string, number | undefined>();

  /** `pem`: the certificates' texts, one after the other or one a string. */
  constructor(pem: readonly string[]) {
    this.#pem = pem;
  }

  /** How many certificates the store has. */
  get size(): number {
    return [...this.#index().values()].reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * When the trust in the first of `served` ends, in seconds since the epoch: of every chain from it to a root of the
   * store the earliest expiry, and of these the latest. Undefined when there is no such chain.
   */
  chainExpiry(served: readonly Certificate[]): number | undefined {
    const key = served.map(({ fingerprint }) => fingerprint).join();
    if (!this.#expiries.has(key)) {
      if (this.#expiries.size >= maxExpiries) this.#expiries.clear();
      this.#expiries.set(key, this.#chainExpiry(served));
    }
    return this.#expiries.get(key);
  }

  #chainExpiry([leaf, ...others]: readonly Certificate[]): number | undefined {
    if (leaf === undefined) return undefined;
    const expiry = this.#latest(
      leaf.x509,
      others.map(({ x509 }) => x509),
      new Map(),
    );
    return expiry === -Infinity ? undefined : expiry;
  }

  /** `known` has the result of every certificate visited, so that no served chain, however knotted, costs more than its square. */
  #latest(certificate: X509Certificate, intermediates: readonly X509Certificate[], known: Map<string, number>): number {
    const before = known.get(certificate.fingerprint256);
    if (before !== undefined) return before;
    known.set(certificate.fingerprint256, -Infinity);
    let latest = -Infinity;
    const own = notAfter(certificate);
    if (
      this.#index()
        .get(certificate.subject)
        ?.some((root) => root.fingerprint256 === certificate.fingerprint256)
    ) {
      latest = own;
    } else {
      for (const root of this.#index().get(certificate.issuer) ?? []) {
        if (issued(root, certificate)) latest = Math.max(latest, Math.min(own, notAfter(root)));
      }
      for (const issuer of intermediates) {
        if (!issued(issuer, certificate)) continue;
        latest = Math.max(latest, Math.min(own, this.#latest(issuer, intermediates, known)));
      }
    }
    known.set(certificate.fingerprint256, latest);
    return latest;
  }

  #index(): Map<string, X509Certificate[]> {
    if (this.#bySubject === undefined) {
      this.#bySubject = new Map();
      for (const pem of this.#pem.flatMap((text) => text.match(pemCertificate) ?? [])) {
        const certificate = new X509Certificate(pem);
        const same = this.#bySubject.get(certificate.subject);
        if (same === undefined) this.#bySubject.set(certificate.subject, [certificate]);
        else same.push(certificate);
      }
    }
    return this.#bySubject;
  }
}

function notAfter(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo) / 1000;
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
