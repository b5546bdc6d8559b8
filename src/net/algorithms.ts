import { algorithmOf, type CertificateFields, publicKeyOf } from './certificate-fields.ts';
import { derChildren, derContent, derTags, oidText, readDer } from './der.ts';

interface SignatureAlgorithm {
  /** As the RFC that defines it writes it. */
  readonly name: string;
  /** The digest that `crypto.verify` wants; null for an algorithm that has its own, undefined for one that proves nothing here. */
  readonly digest?: string | null;
}

/** RFC 3279, 4055, 5758, 8017, 8410 and 9881. */
const signatureAlgorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.4': { name: 'md5WithRSAEncryption' },
  '1.2.840.113549.1.1.5': { name: 'sha1WithRSAEncryption', digest: 'sha1' },
  '1.2.840.113549.1.1.10': { name: 'rsassaPss' },
  '1.2.840.113549.1.1.11': { name: 'sha256WithRSAEncryption', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { name: 'sha384WithRSAEncryption', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { name: 'sha512WithRSAEncryption', digest: 'sha512' },
  '1.2.840.113549.1.1.14': { name: 'sha224WithRSAEncryption', digest: 'sha224' },
  '1.2.840.10040.4.3': { name: 'dsa-with-SHA1' },
  '1.2.840.10045.4.1': { name: 'ecdsa-with-SHA1', digest: 'sha1' },
  '1.2.840.10045.4.3.1': { name: 'ecdsa-with-SHA224', digest: 'sha224' },
  '1.2.840.10045.4.3.2': { name: 'ecdsa-with-SHA256', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { name: 'ecdsa-with-SHA384', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { name: 'ecdsa-with-SHA512', digest: 'sha512' },
  '1.3.101.112': { name: 'Ed25519', digest: null },
  '1.3.101.113': { name: 'Ed448', digest: null },
  '2.16.840.1.101.3.4.3.17': { name: 'ML-DSA-44', digest: null },
  '2.16.840.1.101.3.4.3.18': { name: 'ML-DSA-65', digest: null },
  '2.16.840.1.101.3.4.3.19': { name: 'ML-DSA-87', digest: null },
};

/** The signature algorithm of an object identifier; one that is not known has that for its name. */
export function signatureAlgorithm(oid: string): SignatureAlgorithm {
  return signatureAlgorithms[oid] ?? { name: oid };
}

const keyAlgorithms: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'RSA',
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '1.2.840.10040.4.1': 'DSA',
  '1.2.840.10045.2.1': 'ECDSA',
};

/** Bits of the curves of RFC 5480 and RFC 5639 whose points do not tell them. */
const curveBits: Readonly<Record<string, number>> = { '1.3.132.0.35': 521 };

/** The kind of a certificate's key, and how many bits it has: of an RSA key its modulus, of a curve its field. */
export function keyKind(fields: CertificateFields): { readonly algorithm: string; readonly bits: number } {
  const { algorithm, key } = publicKeyOf(fields);
  const name = keyAlgorithms[algorithm.oid] ?? signatureAlgorithm(algorithm.oid).name;
  if (name.startsWith('RSA')) return { algorithm: name, bits: modulusBits(key) };
  if (name !== 'ECDSA') return { algorithm: name, bits: key.length * 8 };
  const { parameters } = algorithm;
  const curve = parameters?.tag === derTags.objectIdentifier ? oidText(derContent(fields.bytes, parameters)) : '';
  // A point is one octet that tells its form, and one coordinate or two (SEC 1 section 2.3.3).
  const octets = key[0] === 4 ? (key.length - 1) / 2 : key.length - 1;
  return { algorithm: name, bits: curveBits[curve] ?? octets * 8 };
}

/** RSAPublicKey, RFC 8017 appendix A.1.1: modulus, exponent. */
function modulusBits(key: Uint8Array): number {
  const [modulus] = derChildren(key, readDer(key, 0));
  const octets = modulus === undefined ? new Uint8Array() : derContent(key, modulus);
  const first = octets.findIndex((octet) => octet !== 0);
  return first === -1 ? 0 : (octets.length - first) * 8 - Math.clz32(octets[first] ?? 0) + 24;
}

/** The name of the algorithm by which a certificate is signed. */
export function certificateSignature({ bytes, signatureAlgorithm: identifier }: CertificateFields): string {
  return signatureAlgorithm(algorithmOf(bytes, identifier).oid).name;
}
