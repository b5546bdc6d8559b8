import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { authority, daysFromNow, type Identity, leaf } from '../../support/certificates.ts';
import * as identities from '../../support/identities.ts';
import { ocspResponse, type OcspOptions } from '../../support/ocsp.ts';
import { findTool } from '../../support/peers-available.ts';
import { probeOnce } from '../../support/probe-once.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import { look, readResponse, type Seen, serve, show, type ShownCertificate, verifiedSubjects } from './openssl.ts';

const { identity, intermediate, root, valid } = identities;

const pastAuthority = authority([['CN', 'Past Intermediate']], root, {
  notBefore: daysFromNow(-60),
  notAfter: daysFromNow(-1),
});
const delegate = identity('e2e responder', { subject: [['CN', 'Responder']], usage: 'ocsp', names: [] });
const byDelegate: OcspOptions = { signer: delegate, certificates: [delegate] };

interface Situation {
  readonly name: string;
  readonly identity: Identity;
  /** The reason of the failure; undefined for a success. */
  readonly reason?: string;
  /** Further flags of `openssl s_server`. */
  readonly flags?: readonly string[];
  readonly host?: string;
  readonly ca?: string;
  readonly staple?: OcspOptions;
}

const situations: readonly Situation[] = [
  { name: 'a chain to a trusted root, ECDSA', identity: valid() },
  { name: 'RSA', identity: identities.validRsa() },
  { name: 'Ed25519', identity: identity('ed25519', { key: 'ed25519' }) },
  { name: 'an issuer with RSA', identity: leaf(authority([['CN', 'RSA CA']], root, { key: 'rsa' })) },
  {
    name: 'TLS 1.2 and P-384',
    identity: valid(),
    flags: ['-tls1_2', '-groups', 'P-384', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  },
  { name: 'an address of the certificate', identity: valid(), host: '127.0.0.1' },
  { name: 'the root served as well', identity: { ...valid(), chain: valid().chain + root.cert } },
  { name: 'a trusted intermediate alone', identity: { ...valid(), chain: valid().cert }, ca: intermediate.cert },
  { name: 'signed by itself', identity: identities.selfSigned(), reason: 'certificate_untrusted' },
  { name: 'signed by itself, and trusted', identity: identities.selfSigned(), ca: identities.selfSigned().cert },
  { name: 'an unknown authority', identity: identities.untrusted(), reason: 'certificate_untrusted' },
  {
    name: 'a missing intermediate',
    identity: { ...valid(), chain: valid().cert },
    reason: 'certificate_untrusted',
  },
  { name: 'an expired certificate', identity: identities.expired(), reason: 'certificate_expired' },
  { name: 'an expired intermediate', identity: leaf(pastAuthority), reason: 'certificate_expired' },
  { name: 'not yet valid', identity: identities.notYetValid(), reason: 'certificate_not_yet_valid' },
  { name: 'another host', identity: identities.wrongHost(), reason: 'certificate_wrong_host' },
  { name: 'another address', identity: identities.wrongHost(), host: '127.0.0.1', reason: 'certificate_wrong_host' },
  { name: 'a staple that says good', identity: valid(), staple: {} },
  { name: 'a staple of a delegate', identity: valid(), staple: byDelegate },
  { name: 'a staple that says unknown', identity: valid(), staple: { status: 'unknown' } },
  {
    name: 'a staple that says revoked',
    identity: valid(),
    staple: { ...byDelegate, status: 'revoked' },
    reason: 'certificate_revoked',
  },
  { name: 'a staple out of date', identity: valid(), staple: { status: 'revoked', nextUpdate: daysFromNow(-1) } },
  { name: 'a staple signed by a stranger', identity: valid(), staple: { signer: identities.foreignRoot } },
];

/** The reason that stands for an error of OpenSSL (include/openssl/x509_vfy.h.in). */
const reasonsByCode: Readonly<Record<number, string>> = {
  9: 'certificate_not_yet_valid',
  10: 'certificate_expired',
  18: 'certificate_untrusted',
  19: 'certificate_untrusted',
  20: 'certificate_untrusted',
  21: 'certificate_untrusted',
  62: 'certificate_wrong_host',
  64: 'certificate_wrong_host',
};

for (const situation of situations) {
  test(`the series are what openssl says: ${situation.name}`, async (t) => {
    const openssl = findTool(t, 'openssl');
    if (openssl !== undefined) await compare(t, openssl, situation);
  });
}

async function compare(t: TestContext, openssl: string, situation: Situation): Promise<void> {
  const { identity: server, host = 'localhost', ca = root.cert } = situation;
  const staple = situation.staple && ocspResponse(server, intermediate, situation.staple);
  const address = await serve(t, openssl, server, [
    ...(situation.flags ?? ['-groups', 'X25519', '-ciphersuites', 'TLS_AES_128_GCM_SHA256']),
    ...(staple === undefined ? [] : ['-status_file', temporaryFile(`${situation.name}.der`, staple)]),
  ]);
  const module = { prober: 'tcp', tcp: { tls: true, tls_config: { ca } } };
  const { failure, metrics } = await probeOnce(module, address, { hostname: host });
  const name = host === 'localhost' ? ['-servername', host, '-verify_hostname', host] : ['-verify_ip', host];
  const seen = await look(openssl, address, ca, name);

  const response = staple && (await readResponse(openssl, staple, server.cert, intermediate.cert));
  const revoked = response?.verified === true && response.status === 'revoked';
  const reason = reasonsByCode[seen.verifyCode] ?? (revoked ? 'certificate_revoked' : undefined);
  assert.equal(failure?.reason, situation.reason, failure?.message);
  assert.equal(reason, situation.reason, `openssl: ${seen.verifyCode}`);
  const isOk = seen.verifyCode === 0 || reason === 'certificate_wrong_host';
  const verified = isOk ? await findChain(openssl, ca, seen.chain) : [];
  assert.deepEqual(Object.fromEntries([...metrics].filter(([series]) => /^probe_(ssl|tls)_/.test(series))), {
    ...servedSeries(seen),
    ...validity('probe_ssl_verified_cert', verified),
    ...(isOk && {
      probe_ssl_last_chain_expiry_timestamp_seconds: Math.min(...verified.map(({ notAfter }) => notAfter)),
    }),
    probe_tls_verified: reason === undefined ? 1 : 0,
    probe_ssl_ocsp_stapled: /OCSP response: no response sent/.test(seen.text) ? 0 : 1,
    ...(response && {
      probe_ssl_ocsp_response_verified: response.verified ? 1 : 0,
      [`probe_ssl_ocsp_response_status{status="${response.status}"}`]: 1,
      ...Object.fromEntries(
        Object.entries(response.times).map(([key, value]) => [`probe_ssl_ocsp_${key}_timestamp_seconds`, value]),
      ),
    }),
  });
}

/** The chain that `openssl verify` builds, of certificates that were served or are trusted. */
async function findChain(
  openssl: string,
  ca: string,
  served: readonly ShownCertificate[],
): Promise<ShownCertificate[]> {
  const known = [...served, await show(openssl, ca)];
  const subjects = await verifiedSubjects(openssl, ca, served);
  return subjects.map((subject) => known.find((each) => each.subject === subject) ?? assert.fail(`who is ${subject}?`));
}

const keyNames: Readonly<Record<string, string>> = {
  'id-ecPublicKey': 'ECDSA',
  rsaEncryption: 'RSA',
  ED25519: 'Ed25519',
};
const groupNames: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384' };
const cipherNames: Readonly<Record<string, string>> = {
  'ECDHE-ECDSA-AES128-GCM-SHA256': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
};

function servedSeries({ chain, version, cipher, group }: Seen): Record<string, number> {
  const leafShown = chain[0] ?? assert.fail('openssl saw no certificate');
  const { fingerprint, subject, issuer, names, serial, keyAlgorithm, keyBits, signature } = leafShown;
  const info = `issuer="${issuer}",serialnumber="${serial}",subject="${subject}",subjectalternative="${names}"`;
  return {
    ...validity('probe_ssl_cert', chain),
    probe_ssl_earliest_cert_expiry: Math.min(...chain.map(({ notAfter }) => notAfter)),
    [`probe_ssl_last_chain_info{fingerprint_sha256="${fingerprint}",${info}}`]: 1,
    [`probe_ssl_key_info{algorithm="${keyNames[keyAlgorithm] ?? keyAlgorithm}",bits="${keyBits}"}`]: 1,
    [`probe_ssl_signature_info{algorithm="${signature}"}`]: 1,
    [`probe_tls_version_info{version="${version.replace('v', ' ')}"}`]: 1,
    [`probe_tls_cipher_info{cipher="${cipherNames[cipher] ?? cipher}"}`]: 1,
    [`probe_tls_group_info{group="${groupNames[group] ?? group}"}`]: 1,
  };
}

function validity(prefix: string, chain: readonly ShownCertificate[]): Record<string, number> {
  const commonName = (name: string): string => /(?:^|,)CN=([^,]*)/.exec(name)?.[1] ?? '';
  return Object.fromEntries(
    chain.flatMap(({ subject, issuer, serial, notBefore, notAfter }, position) => {
      const names = `issuer_cn="${commonName(issuer)}",position="${position}"`;
      const labels = `{${names},serialnumber="${serial}",subject_cn="${commonName(subject)}"}`;
      return [
        [`${prefix}_not_after_timestamp_seconds${labels}`, notAfter],
        [`${prefix}_not_before_timestamp_seconds${labels}`, notBefore],
      ] as const;
    }),
  );
}
