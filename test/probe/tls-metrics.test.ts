import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { authority, daysFromNow, type Identity, leaf } from '../support/certificates.ts';
import * as identities from '../support/identities.ts';
import { ocspResponse } from '../support/ocsp.ts';
import { type ProbeOutcome, probeOnce } from '../support/probe-once.ts';
import { serveTls, type TlsServerOptions } from '../support/servers.ts';

const { intermediate, root, valid } = identities;

/** Probes a TLS server of `identity`, trusting the tests' root unless told otherwise. */
async function probe(
  t: TestContext,
  identity: Identity,
  options: TlsServerOptions = {},
  tls_config: object = {},
): Promise<ProbeOutcome> {
  const { port } = await serveTls(t, identity, undefined, options);
  const module = { prober: 'tcp', tcp: { tls: true, tls_config: { ca: root.cert, ...tls_config } } };
  return await probeOnce(module, `127.0.0.1:${port}`, { hostname: 'localhost' });
}

/** The series of a family, by what stands in its braces. */
function family({ metrics }: ProbeOutcome, name: string): Record<string, number> {
  const found = [...metrics].filter(([series]) => series.replace(/\{.*/, '') === name);
  return Object.fromEntries(found.map(([series, value]) => [series.slice(name.length), value]));
}

const seconds = (date: Date): number => date.getTime() / 1000;

test('every certificate has its validity, as served and as verified', async (t) => {
  const notBefore = daysFromNow(-5);
  const notAfter = daysFromNow(50);
  const subject = leaf(intermediate, {
    subject: [['CN', 'a.test']],
    serial: Buffer.from('0abc', 'hex'),
    notBefore,
    notAfter,
  });
  const outcome = await probe(t, subject);
  assert.ok(outcome.success);
  const ends = Object.entries(family(outcome, 'probe_ssl_cert_not_after_timestamp_seconds'));
  assert.deepEqual(ends[0], [
    '{issuer_cn="Test Intermediate",position="0",serialnumber="0abc",subject_cn="a.test"}',
    seconds(notAfter),
  ]);
  assert.match(ends[1]?.[0] ?? '', /issuer_cn="Test Root",position="1",.*subject_cn="Test Intermediate"/);
  assert.equal(ends.length, 2);
  assert.deepEqual(
    Object.values(family(outcome, 'probe_ssl_cert_not_before_timestamp_seconds'))[0],
    seconds(notBefore),
  );
  const verified = Object.keys(family(outcome, 'probe_ssl_verified_cert_not_after_timestamp_seconds'));
  assert.equal(verified.length, 3);
  assert.match(verified[2] ?? '', /position="2",.*subject_cn="Test Root"/);
  assert.equal(Object.keys(family(outcome, 'probe_ssl_verified_cert_not_before_timestamp_seconds')).length, 3);
});

test('what was agreed upon is told', async (t) => {
  const server = { ecdhCurve: 'prime256v1', ALPNProtocols: ['h2'] };
  const outcome = await probe(t, valid(), server);
  assert.deepEqual(family(outcome, 'probe_tls_group_info'), { '{group="P-256"}': 1 });
  assert.deepEqual(family(outcome, 'probe_tls_alpn_info'), {}, 'the tcp prober offers no protocol');
  assert.deepEqual(family(outcome, 'probe_ssl_key_info'), { '{algorithm="ECDSA",bits="256"}': 1 });
  assert.deepEqual(family(outcome, 'probe_ssl_signature_info'), { '{algorithm="ecdsa-with-SHA256"}': 1 });
});

const refused = [
  ['certificate_expired', identities.expired],
  ['certificate_not_yet_valid', identities.notYetValid],
  ['certificate_untrusted', identities.selfSigned],
  ['certificate_untrusted', identities.untrusted],
  ['certificate_wrong_host', identities.wrongHost],
] as const;

for (const [reason, identity] of refused) {
  test(`a certificate of ${identity().cert.length} characters that is refused as ${reason} has its series`, async (t) => {
    const outcome = await probe(t, identity());
    assert.equal(outcome.failure?.reason, reason);
    assert.ok(Object.keys(family(outcome, 'probe_ssl_cert_not_after_timestamp_seconds')).length > 0);
    const verified = family(outcome, 'probe_ssl_verified_cert_not_after_timestamp_seconds');
    assert.equal(Object.keys(verified).length, reason === 'certificate_wrong_host' ? 3 : 0);
  });
}

test('without a staple there is one series that says so', async (t) => {
  const outcome = await probe(t, valid());
  assert.deepEqual(
    [...outcome.metrics].filter(([series]) => series.startsWith('probe_ssl_ocsp')),
    [['probe_ssl_ocsp_stapled', 0]],
  );
});

const times = { thisUpdate: daysFromNow(-1), nextUpdate: daysFromNow(1), producedAt: daysFromNow(-1) };

test('a staple tells its status and its times', async (t) => {
  const staple = ocspResponse(valid(), intermediate, { ...times, status: 'unknown' });
  const outcome = await probe(t, valid(), { staple });
  assert.ok(outcome.success);
  assert.deepEqual(Object.fromEntries([...outcome.metrics].filter(([series]) => series.startsWith('probe_ssl_ocsp'))), {
    probe_ssl_ocsp_next_update_timestamp_seconds: seconds(times.nextUpdate),
    probe_ssl_ocsp_produced_at_timestamp_seconds: seconds(times.producedAt),
    'probe_ssl_ocsp_response_status{status="unknown"}': 1,
    probe_ssl_ocsp_response_verified: 1,
    probe_ssl_ocsp_stapled: 1,
    probe_ssl_ocsp_this_update_timestamp_seconds: seconds(times.thisUpdate),
  });
});

test('a staple that says revoked refuses the certificate', async (t) => {
  const staple = ocspResponse(valid(), intermediate, {
    status: 'revoked',
    revokedAt: new Date('2026-01-02T03:04:05Z'),
  });
  const outcome = await probe(t, valid(), { staple });
  assert.deepEqual([outcome.failure?.phase, outcome.failure?.reason], ['tls', 'certificate_revoked']);
  assert.match(outcome.failure?.message ?? '', /CN=leaf\.test was revoked at 2026-01-02T03:04:05Z/);
  assert.equal(outcome.metrics.get('probe_ssl_ocsp_response_status{status="revoked"}'), 1);
  assert.equal(outcome.metrics.get('probe_tls_verified'), 0);
  const unverified = await probe(t, valid(), { staple }, { insecure_skip_verify: true });
  assert.ok(unverified.success);
  assert.equal(unverified.metrics.get('probe_tls_verified'), 0);
});

test('a staple that proves nothing decides nothing, and the log says why', async (t) => {
  const staple = ocspResponse(valid(), intermediate, { status: 'revoked', signer: identities.foreignRoot });
  const outcome = await probe(t, valid(), { staple });
  assert.ok(outcome.success);
  assert.equal(outcome.metrics.get('probe_ssl_ocsp_response_verified'), 0);
  assert.equal(outcome.metrics.get('probe_tls_verified'), 1);
  assert.ok(outcome.log.some(({ attributes }) => /neither the issuer/.test(String(attributes?.['err']))));
});

const faults: readonly (readonly [name: string, reason: string, identity: Identity, revoked: boolean])[] = [
  [
    'a foreign authority and a past date',
    'certificate_expired',
    leaf(identities.foreignRoot, { notBefore: daysFromNow(-9), notAfter: daysFromNow(-1) }),
    false,
  ],
  [
    'a past date and another host',
    'certificate_expired',
    leaf(intermediate, { notBefore: daysFromNow(-9), notAfter: daysFromNow(-1), names: ['other.test'] }),
    false,
  ],
  [
    'a foreign authority and another host',
    'certificate_untrusted',
    leaf(identities.foreignRoot, { names: ['other.test'] }),
    false,
  ],
  ['a past date and a revocation', 'certificate_expired', identities.expired(), true],
  ['a revocation and another host', 'certificate_revoked', identities.wrongHost(), true],
];

for (const [name, reason, identity, revoked] of faults) {
  test(`of ${name} the first is told: ${reason}`, async (t) => {
    const staple = revoked ? { staple: ocspResponse(identity, intermediate, { status: 'revoked' }) } : {};
    const outcome = await probe(t, identity, staple);
    assert.equal(outcome.failure?.reason, reason);
  });
}

test('a server decides neither how many series there are, nor how long their labels', async (t) => {
  const long = authority([['CN', `${'n'.repeat(126)}😀${'x'.repeat(300)}`]]);
  const chain = valid().chain + Array.from({ length: 30 }, () => long.cert).join('');
  const outcome = await probe(t, { ...valid(), chain });
  assert.ok(outcome.success);
  const series = Object.keys(family(outcome, 'probe_ssl_cert_not_after_timestamp_seconds'));
  assert.equal(series.length, 16);
  assert.ok(series.every((labels) => labels.length < 350 && labels.isWellFormed()));
});

test('a chain that changes under the same certificate is told as it is now', async (t) => {
  const positions = async (identity: Identity): Promise<number> => {
    const outcome = await probe(t, identity, {}, { ca: root.cert + intermediate.cert });
    return Object.keys(family(outcome, 'probe_ssl_cert_not_after_timestamp_seconds')).length;
  };
  const alone = { ...valid(), chain: valid().cert };
  assert.deepEqual([await positions(valid()), await positions(alone), await positions(valid())], [2, 1, 2]);
});

test('certificates are told in the order in which they are served', async (t) => {
  const chain = valid().cert + root.cert + identities.foreignRoot.cert + intermediate.cert;
  const outcome = await probe(t, { ...valid(), chain });
  const places = Object.keys(family(outcome, 'probe_ssl_cert_not_after_timestamp_seconds')).map((labels) => {
    const [, position = '', name = ''] = /position="(\d)",.*subject_cn="([^"]+)"/.exec(labels) ?? [];
    return `${position} ${name}`;
  });
  assert.deepEqual(places.toSorted(), ['0 leaf.test', '1 Test Root', '2 Foreign Root', '3 Test Intermediate']);
});
