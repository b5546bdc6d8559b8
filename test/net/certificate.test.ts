import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { certificateOf } from '../../src/net/certificate.ts';
import { type CertificateOptions, daysFromNow, leaf } from '../support/certificates.ts';
import { intermediate, root, valid } from '../support/identities.ts';

function certify(options: CertificateOptions): ReturnType<typeof certificateOf> {
  return certificateOf(new X509Certificate(leaf(root, options).der));
}

test('a certificate tells its names, its fingerprint and its days', () => {
  const notBefore = daysFromNow(-3);
  const notAfter = daysFromNow(40);
  const { der } = leaf(intermediate, { subject: [['CN', 'a.test']], notBefore, notAfter });
  const { x509, ...facts } = certificateOf(new X509Certificate(der));
  assert.deepEqual(facts, {
    fingerprint: createHash('sha256').update(der).digest('hex'),
    serialNumber: x509.serialNumber.toLowerCase(),
    subject: 'CN=a.test',
    issuer: 'CN=Test Intermediate',
    subjectCommonName: 'a.test',
    issuerCommonName: 'Test Intermediate',
    dnsNames: ['localhost'],
    notBefore: notBefore.getTime() / 1000,
    notAfter: notAfter.getTime() / 1000,
    keyAlgorithm: 'ECDSA',
    keyBits: 256,
    signatureAlgorithm: 'ecdsa-with-SHA256',
  });
});

test('the alternative names are those of DNS alone, in their order', () => {
  const names = ['b.test', '*.a.test', '192.0.2.1', '2001:db8::1', 'email:a@b.test', 'uri:https://c.test/', 'd.test'];
  assert.deepEqual(certify({ names }).dnsNames, ['b.test', '*.a.test', 'd.test']);
  assert.deepEqual(certify({ names: [] }).dnsNames, []);
});

const serials: readonly (readonly [hex: string, text: string])[] = [
  ['01', '01'],
  ['0a0b', '0a0b'],
  ['ff', 'ff'],
  ['8000', '8000'],
  ['00', ''],
];

for (const [hex, text] of serials) {
  test(`the serial number ${hex} is written ${JSON.stringify(text)}`, () => {
    assert.equal(certify({ serial: Buffer.from(hex, 'hex') }).serialNumber, text);
  });
}

test('a date from 2050 on is read too', () => {
  const notAfter = new Date('2075-06-01T12:00:00Z');
  assert.equal(certify({ notAfter }).notAfter, notAfter.getTime() / 1000);
});

test('a certificate seen before is not read again', () => {
  const { der } = valid();
  assert.equal(certificateOf(new X509Certificate(der)), certificateOf(new X509Certificate(der)));
});

test('what is kept of certificates seen before is limited', () => {
  const first = certificateOf(new X509Certificate(valid().der));
  const known = new X509Certificate(valid().der);
  for (let index = 0; index < 2000; index++) certificateOf(disguised(known, `AA:${index}`));
  assert.notEqual(certificateOf(new X509Certificate(valid().der)), first);
});

test('a certificate changed anywhere is read, or refused with RangeError', () => {
  const { der } = valid();
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.nat(255), (index, byte) => {
      const changed = Buffer.from(der);
      changed[index] = byte;
      let x509: X509Certificate;
      try {
        x509 = new X509Certificate(changed);
      } catch {
        return; // It never gets as far as to be read here.
      }
      try {
        certificateOf(x509);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});

/** The same certificate under another fingerprint. */
function disguised(x509: X509Certificate, fingerprint256: string): X509Certificate {
  return Object.create(x509, {
    fingerprint256: { value: fingerprint256 },
    ...Object.fromEntries(
      (['raw', 'serialNumber', 'validFrom', 'validTo'] as const).map((key) => [key, { value: x509[key] }]),
    ),
  }) as X509Certificate;
}
