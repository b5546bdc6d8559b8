import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Certificate, certificateOf } from './certificate.ts';
import { pemCertificates } from './pem.ts';

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

/** A way from a certificate to a root. */
interface Path {
  readonly certificate: X509Certificate;
  readonly issuer: Path | undefined;
  /** When the first on it expires, in seconds since the epoch. */
  readonly expiry: number;
}

/** The certificates that a verification may end at, found by subject. */
export class TrustStore {
  readonly #pem: readonly string[];
  #bySubject: Map<string, X509Certificate[]> | undefined;
  /** By the list served, which is the same as long as the server shows the same: signatures are verified once. */
  readonly #chains = new WeakMap<readonly Certificate[], { readonly found: readonly Certificate[] | undefined }>();

  /** `pem`: the certificates' texts, one after the other or one a string. */
  constructor(pem: readonly string[]) {
    this.#pem = pem;
  }

  /** How many certificates the store has. */
  get size(): number {
    return [...this.#index().values()].reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * Of the chains from the first of `served` to a root of the store the one that lasts longest, the root included.
   * Undefined when there is none. Dates decide nothing. Throws RangeError when a certificate on it cannot be read.
   */
  chain(served: readonly Certificate[]): readonly Certificate[] | undefined {
    let known = this.#chains.get(served);
    if (known === undefined) {
      known = { found: this.#longestLasting(served) };
      this.#chains.set(served, known);
    }
    return known.found;
  }

  #longestLasting([leaf, ...others]: readonly Certificate[]): readonly Certificate[] | undefined {
    if (leaf === undefined) return undefined;
    const intermediates = others.map(({ x509 }) => x509);
    const chain: Certificate[] = [];
    for (let path = this.#best(leaf.x509, intermediates, new Map()); path !== undefined; path = path.issuer) {
      chain.push(certificateOf(path.certificate));
    }
    return chain.length === 0 ? undefined : chain;
  }

  /** `known` has the result of every certificate visited, so that no served chain, however knotted, costs more than its square. */
  #best(
    certificate: X509Certificate,
    intermediates: readonly X509Certificate[],
    known: Map<string, Path | undefined>,
  ): Path | undefined {
    const { fingerprint256: key } = certificate;
    if (known.has(key)) return known.get(key);
    known.set(key, undefined);
    const own = notAfter(certificate);
    let best: Path | undefined;
    const take = (issuer: Path | undefined, expiry: number): void => {
      if (best === undefined || expiry > best.expiry) best = { certificate, issuer, expiry };
    };
    if (this.#named(certificate.subject).some((root) => root.fingerprint256 === key)) {
      take(undefined, own);
    } else {
      for (const root of this.#named(certificate.issuer)) {
        if (!issued(root, certificate)) continue;
        const expiry = notAfter(root);
        take({ certificate: root, issuer: undefined, expiry }, Math.min(own, expiry));
      }
      for (const issuer of intermediates) {
        const path = issued(issuer, certificate) ? this.#best(issuer, intermediates, known) : undefined;
        if (path !== undefined) take(path, Math.min(own, path.expiry));
      }
    }
    known.set(key, best);
    return best;
  }

  #named(subject: string): readonly X509Certificate[] {
    return this.#index().get(subject) ?? [];
  }

  #index(): Map<string, X509Certificate[]> {
    if (this.#bySubject === undefined) {
      this.#bySubject = new Map();
      for (const pem of this.#pem.flatMap(pemCertificates)) {
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

/** Whether `issuer` has signed `certificate`. */
export function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
