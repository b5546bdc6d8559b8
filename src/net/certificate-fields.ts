import { type DerElement, derChildren, derContent, derTags, oidText, readDer } from './der.ts';

/** Where the parts of a certificate lie in its DER (RFC 5280 section 4.1). */
export interface CertificateFields {
  readonly bytes: Buffer;
  readonly serialNumber: DerElement;
  readonly issuer: DerElement;
  readonly subject: DerElement;
  /** The subjectPublicKeyInfo. */
  readonly publicKey: DerElement;
  readonly extensions: DerElement | undefined;
  /** The algorithm by which the issuer signed, as an AlgorithmIdentifier. */
  readonly signatureAlgorithm: DerElement;
}

/**
 * Finds the parts of TBSCertificate: version [0], serial, signature, issuer, validity, subject, key, ..., extensions [3].
 * Throws RangeError when one is missing.
 */
export function certificateFields(bytes: Buffer): CertificateFields {
  const [tbs, signatureAlgorithm] = derChildren(bytes, readDer(bytes, 0));
  const fields = tbs === undefined ? [] : derChildren(bytes, tbs);
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [serialNumber, , issuer, , subject, publicKey] = fields;
  if (serialNumber === undefined || issuer === undefined || subject === undefined || publicKey === undefined) {
    throw new RangeError('The certificate ends before its public key');
  }
  if (signatureAlgorithm === undefined) throw new RangeError('The certificate has no signature');
  const extensions = fields.find(({ tag }) => tag === 0xa3);
  return { bytes, serialNumber, issuer, subject, publicKey, extensions, signatureAlgorithm };
}

/** The object identifier of an AlgorithmIdentifier (RFC 5280 section 4.1.1.2), and its parameters. */
export function algorithmOf(bytes: Uint8Array, identifier: DerElement): { oid: string; parameters?: DerElement } {
  const [id, parameters] = derChildren(bytes, identifier);
  if (id?.tag !== derTags.objectIdentifier) throw new RangeError('An algorithm has no object identifier');
  return { oid: oidText(derContent(bytes, id)), ...(parameters !== undefined && { parameters }) };
}

/** The algorithm and the key of a subjectPublicKeyInfo; the key as the BIT STRING holds it, without its count of unused bits. */
export function publicKeyOf({ bytes, publicKey }: CertificateFields): {
  algorithm: ReturnType<typeof algorithmOf>;
  key: Uint8Array;
} {
  const [identifier, key] = derChildren(bytes, publicKey);
  if (identifier === undefined || key === undefined) throw new RangeError('The certificate has no public key');
  return { algorithm: algorithmOf(bytes, identifier), key: derContent(bytes, key).subarray(1) };
}
