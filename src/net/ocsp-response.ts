import { algorithmOf } from './certificate-fields.ts';
import { type DerElement, derChildren, derContent, derTags, derTime, oidText, readDer } from './der.ts';

export type OcspStatus = 'good' | 'revoked' | 'unknown';

/** What a responder says of one certificate; times in seconds since the epoch. */
export interface SingleResponse {
  /** The digest of the two hashes, as an object identifier. */
  readonly hashAlgorithm: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** As its INTEGER has it. */
  readonly serialNumber: Uint8Array;
  readonly status: OcspStatus;
  readonly revokedAt: number | undefined;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
}

/** A basic response of OCSP (RFC 6960 section 4.2.1). */
export interface OcspResponse {
  /** Who signed: a Name in DER, or the SHA-1 of a public key. */
  readonly responder: { readonly name: Uint8Array } | { readonly keyHash: Uint8Array };
  readonly producedAt: number;
  readonly singles: readonly SingleResponse[];
  /** The bytes that are signed. */
  readonly signed: Uint8Array;
  /** By which algorithm, as an object identifier. */
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  /** Certificates that may help to verify the signature, in DER. */
  readonly certificates: readonly Uint8Array[];
}

/** OCSPResponseStatus; 0 is success. */
const refusals: Readonly<Record<number, string>> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
};

const basicResponse = '1.3.6.1.5.5.7.48.1.1';
const context = { 0: 0xa0, 1: 0xa1, 2: 0xa2, primitive0: 0x80, primitive2: 0x82 } as const;

/** Reads an OCSPResponse. Throws RangeError when it is malformed, or when the responder has refused to answer. */
export function parseOcspResponse(bytes: Uint8Array): OcspResponse {
  const [status, responseBytes] = derChildren(bytes, readDer(bytes, 0));
  if (status?.tag !== derTags.enumerated) throw new RangeError('It has no status');
  const code = derContent(bytes, status)[0] ?? 0;
  if (code !== 0) throw new RangeError(`The responder answered ${refusals[code] ?? `status ${code}`}`);
  const [explicit] = responseBytes === undefined ? [] : derChildren(bytes, responseBytes);
  const [type, response] = explicit === undefined ? [] : derChildren(bytes, explicit);
  if (type === undefined || response === undefined || oidText(derContent(bytes, type)) !== basicResponse) {
    throw new RangeError('It is no basic response');
  }
  return parseBasicResponse(derContent(bytes, response));
}

function parseBasicResponse(bytes: Uint8Array): OcspResponse {
  const [data, algorithm, signature, certificates] = derChildren(bytes, readDer(bytes, 0));
  if (data === undefined || algorithm === undefined || signature === undefined) throw new RangeError('It is unsigned');
  const fields = derChildren(bytes, data);
  if (fields[0]?.tag === context[0]) fields.shift(); // The version, of which there is but one.
  const [responder, producedAt, responses] = fields;
  if (responder === undefined || producedAt === undefined || responses === undefined) {
    throw new RangeError('It lacks its responder, its time or its responses');
  }
  const [list] = certificates === undefined ? [] : derChildren(bytes, certificates);
  return {
    responder: readResponder(bytes, responder),
    producedAt: derTime(bytes, producedAt),
    singles: derChildren(bytes, responses).map((single) => readSingle(bytes, single)),
    signed: bytes.subarray(data.start, data.end),
    signatureAlgorithm: algorithmOf(bytes, algorithm).oid,
    signature: derContent(bytes, signature).subarray(1),
    certificates:
      list === undefined ? [] : derChildren(bytes, list).map(({ start, end }) => bytes.subarray(start, end)),
  };
}

function readResponder(bytes: Uint8Array, responder: DerElement): OcspResponse['responder'] {
  const [inner] = derChildren(bytes, responder);
  if (inner === undefined) throw new RangeError('Its responder is empty');
  if (responder.tag === context[1]) return { name: bytes.subarray(inner.start, inner.end) };
  if (responder.tag === context[2]) return { keyHash: derContent(bytes, inner) };
  throw new RangeError('Its responder has neither a name nor a key');
}

function readSingle(bytes: Uint8Array, single: DerElement): SingleResponse {
  const [id, status, thisUpdate, ...rest] = derChildren(bytes, single);
  if (id === undefined || status === undefined || thisUpdate === undefined) throw new RangeError('A response is cut');
  const [algorithm, nameHash, keyHash, serialNumber] = derChildren(bytes, id);
  if (algorithm === undefined || nameHash === undefined || keyHash === undefined || serialNumber === undefined) {
    throw new RangeError('A response is for no certificate');
  }
  const explicit = rest.find(({ tag }) => tag === context[0]);
  const [nextUpdate] = explicit === undefined ? [] : derChildren(bytes, explicit);
  return {
    hashAlgorithm: algorithmOf(bytes, algorithm).oid,
    issuerNameHash: derContent(bytes, nameHash),
    issuerKeyHash: derContent(bytes, keyHash),
    serialNumber: derContent(bytes, serialNumber),
    ...readStatus(bytes, status),
    thisUpdate: derTime(bytes, thisUpdate),
    nextUpdate: nextUpdate === undefined ? undefined : derTime(bytes, nextUpdate),
  };
}

/** CertStatus: good [0], revoked [1] with its time, or unknown [2]. */
function readStatus(bytes: Uint8Array, status: DerElement): Pick<SingleResponse, 'status' | 'revokedAt'> {
  if (status.tag === context.primitive0) return { status: 'good', revokedAt: undefined };
  if (status.tag === context.primitive2) return { status: 'unknown', revokedAt: undefined };
  const [time] = status.tag === context[1] ? derChildren(bytes, status) : [];
  if (time === undefined) throw new RangeError('A response has no status');
  return { status: 'revoked', revokedAt: derTime(bytes, time) };
}
