import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { type Identity, signatureAlgorithm } from './certificates.ts';
import * as der from './der.ts';

export interface OcspOptions {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate?: Date;
  /** None when null. */
  readonly nextUpdate?: Date | null;
  readonly producedAt?: Date;
  readonly revokedAt?: Date;
  /** Who signs; the issuer itself without it. */
  readonly signer?: Identity;
  readonly responder?: 'name' | 'key';
  readonly digest?: 'sha1' | 'sha256';
  /** Certificates to send along. */
  readonly certificates?: readonly Identity[];
  readonly serialNumber?: Buffer;
}

const digests = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' } as const;
const hour = 60 * 60 * 1000;
const inHours = (hours: number): Date => new Date(Math.floor((Date.now() + hours * hour) / 1000) * 1000);

/** An OCSP response in DER (RFC 6960 section 4.2.1) for the certificate of `subject`, issued by `issuer`. */
export function ocspResponse(subject: Identity, issuer: Identity, options: OcspOptions = {}): Buffer {
  const { digest = 'sha1', signer = issuer, responder = 'name', certificates = [] } = options;
  const id = der.sequence(
    der.sequence(der.objectIdentifier(digests[digest]), der.tlv(0x05)),
    der.octetString(createHash(digest).update(issuer.subject).digest()),
    der.octetString(createHash(digest).update(keyOf(issuer)).digest()),
    der.integer(options.serialNumber ?? Buffer.from(new X509Certificate(subject.der).serialNumber, 'hex')),
  );
  const { nextUpdate = inHours(24) } = options;
  const single = der.sequence(
    id,
    certStatus(options),
    generalizedTime(options.thisUpdate ?? inHours(-2)),
    ...(nextUpdate === null ? [] : [der.explicit(0, generalizedTime(nextUpdate))]),
  );
  const keyHash = createHash('sha1').update(keyOf(signer)).digest();
  const data = der.sequence(
    responder === 'name' ? der.explicit(1, signer.subject) : der.explicit(2, der.octetString(keyHash)),
    generalizedTime(options.producedAt ?? inHours(-1)),
    der.sequence(single),
  );
  const key = createPrivateKey(signer.key);
  const basic = der.sequence(
    data,
    signatureAlgorithm(key),
    der.bitString(sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', data, key)),
    ...(certificates.length === 0 ? [] : [der.explicit(0, der.sequence(...certificates.map((each) => each.der)))]),
  );
  const bytes = der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.48.1.1'), der.octetString(basic));
  return der.sequence(enumerated(0), der.explicit(0, bytes));
}

/** The answer of a responder that does not answer. */
export function ocspRefusal(status: number): Buffer {
  return der.sequence(enumerated(status));
}

function enumerated(value: number): Buffer {
  return der.tlv(0x0a, Buffer.from([value]));
}

function certStatus({ status = 'good', revokedAt = inHours(-3) }: OcspOptions): Buffer {
  if (status === 'revoked') return der.explicit(1, generalizedTime(revokedAt));
  return der.implicit(status === 'good' ? 0 : 2, Buffer.alloc(0));
}

function generalizedTime(date: Date): Buffer {
  return der.tlv(0x18, Buffer.from(date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')));
}

/** The key as the BIT STRING of its SubjectPublicKeyInfo holds it, which is what ends it. */
function keyOf(identity: Identity): Buffer {
  const spki = new X509Certificate(identity.der).publicKey.export({ type: 'spki', format: 'der' });
  const length = { ec: 65, rsa: 270, ed25519: 32 }[
    String(new X509Certificate(identity.der).publicKey.asymmetricKeyType)
  ];
  return spki.subarray(-(length ?? 0));
}
