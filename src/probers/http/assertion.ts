import { createPrivateKey, createSign, randomUUID } from 'node:crypto';
import type { JwtBearer, SignatureAlgorithm } from '../../config/oauth2.ts';
import { ProbeFailure } from '../../net/failure.ts';

/** How long an assertion is good for, in seconds. */
const validity = 600;

const hashes: Readonly<Record<SignatureAlgorithm, string>> = {
  RS256: 'RSA-SHA256',
  RS384: 'RSA-SHA384',
  RS512: 'RSA-SHA512',
};

/** A signed JSON Web Token (RFC 7519, RFC 7523, section 3) by which a client proves who it is. Throws ProbeFailure for a key that cannot sign. */
export function signAssertion(grant: JwtBearer, scopes: readonly string[], key: string): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: grant.algorithm, ...(grant.keyId !== '' && { kid: grant.keyId }), typ: 'JWT' };
  const claims = {
    iss: grant.issuer,
    sub: grant.subject,
    aud: grant.audience,
    jti: randomUUID(),
    iat: now,
    exp: now + validity,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...grant.claims,
  };
  const signed = `${encode(header)}.${encode(claims)}`;
  try {
    const rsa = createPrivateKey(key);
    if (rsa.asymmetricKeyType !== 'rsa') throw new Error('it is of another kind');
    return `${signed}.${createSign(hashes[grant.algorithm]).update(signed).sign(rsa, 'base64url')}`;
  } catch (error) {
    throw new ProbeFailure(
      'request',
      'unusable_file',
      `Cannot sign with ${grant.key.description}: it is no RSA key in PEM`,
      {
        cause: error,
      },
    );
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
