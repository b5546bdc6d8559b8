import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Certificate, certificateOf } from '../../src/net/certificate.ts';
import { readStaple, type Staple } from '../../src/net/ocsp.ts';
import { authority, daysFromNow, type Identity, leaf } from '../support/certificates.ts';
import { foreignRoot, identity, intermediate, root, valid } from '../support/identities.ts';
import { ocspRefusal, ocspResponse, type OcspOptions } from '../support/ocsp.ts';

const certificate = ({ der }: Identity): Certificate => certificateOf(new X509Certificate(der));
const served = [valid(), intermediate].map(certificate);

const delegate = identity('ocsp', { subject: [['CN', 'Responder']], usage: 'ocsp', names: [] });
const rsaDelegate = identity('ocsp-rsa', { subject: [['CN', 'RSA Responder']], usage: 'ocsp', key: 'rsa' });
const edDelegate = identity('ocsp-ed', { subject: [['CN', 'Ed Responder']], usage: 'ocsp', key: 'ed25519' });
const late = identity('ocsp-late', {
  subject: [['CN', 'Late Responder']],
  usage: 'ocsp',
  notAfter: daysFromNow(-1),
  notBefore: daysFromNow(-9),
});
const server = identity('ocsp-no-purpose', { subject: [['CN', 'A Server']] });
const foreign = leaf(foreignRoot, { subject: [['CN', 'Foreign Responder']], usage: 'ocsp' });
const namesake = authority([['CN', 'Test Intermediate']]);

const by = (signer: Identity, more: OcspOptions = {}): OcspOptions => ({ signer, certificates: [signer], ...more });

const good: readonly (readonly [name: string, options: OcspOptions])[] = [
  ['signed by the issuer', {}],
  ['signed by the issuer, named by its key', { responder: 'key' }],
  ['with SHA-256 in its id', { digest: 'sha256' }],
  ['without a next update', { nextUpdate: null }],
  ['signed by a delegate', by(delegate)],
  ['signed by a delegate, named by its key', by(delegate, { responder: 'key' })],
  ['signed by a delegate with an RSA key', by(rsaDelegate)],
  ['signed by a delegate with an Ed25519 key', by(edDelegate)],
  ['with certificates of others, too', by(delegate, { certificates: [server, foreign, delegate] })],
];

for (const [name, options] of good) {
  for (const status of ['good', 'revoked', 'unknown'] as const) {
    test(`a response ${name} says ${status}`, () => {
      const staple = readStaple(ocspResponse(valid(), intermediate, { ...options, status }), served, undefined);
      assert.equal(staple?.problem, undefined);
      assert.equal(staple?.status, status);
      assert.equal(staple.revokedAt !== undefined, status === 'revoked');
    });
  }
}

const bad: readonly (readonly [name: string, problem: RegExp, response: Buffer])[] = [
  ['signed by a delegate without the purpose', /neither/, ocspResponse(valid(), intermediate, by(server))],
  ['signed by a delegate of another authority', /neither/, ocspResponse(valid(), intermediate, by(foreign))],
  ['of a signer that is not sent along', /neither/, ocspResponse(valid(), intermediate, { signer: delegate })],
  ['signed by a delegate that has expired', /not valid now/, ocspResponse(valid(), intermediate, by(late))],
  [
    'signed by another key of the same name',
    /signature is wrong/,
    ocspResponse(valid(), intermediate, { signer: namesake }),
  ],
  ['of an authority of the same name', /not for this/, ocspResponse(valid(), namesake)],
  ['for another certificate', /not for this/, ocspResponse(server, intermediate)],
  ['that is out of date', /out of date/, ocspResponse(valid(), intermediate, { nextUpdate: daysFromNow(-1) })],
  ['of the future', /future/, ocspResponse(valid(), intermediate, { thisUpdate: daysFromNow(1) })],
  ['that says try later', /tryLater/, ocspRefusal(3)],
  ['that says nothing known', /status 9/, ocspRefusal(9)],
  ['that claims success alone', /no basic response/, ocspRefusal(0)],
  ['that is no DER', /DER|status/, Buffer.from('hello')],
  ['that is empty', /DER/, Buffer.alloc(0)],
];

for (const [name, problem, response] of bad) {
  test(`a response ${name} proves nothing`, () => {
    assert.match(readStaple(response, served, undefined)?.problem ?? '', problem);
  });
}

test('a response tells its times', () => {
  const times = { thisUpdate: daysFromNow(-3), nextUpdate: daysFromNow(3), producedAt: daysFromNow(-2) };
  const revokedAt = daysFromNow(-10);
  const staple = readStaple(
    ocspResponse(valid(), intermediate, { ...times, status: 'revoked', revokedAt }),
    served,
    undefined,
  );
  assert.deepEqual(
    [staple?.thisUpdate, staple?.nextUpdate, staple?.producedAt, staple?.revokedAt],
    [times.thisUpdate, times.nextUpdate, times.producedAt, revokedAt].map((date) => date.getTime() / 1000),
  );
});

test('the issuer of a certificate may be the root that verified it, or the certificate itself', () => {
  const below = leaf(root);
  const own = authority([['CN', 'Own']]);
  const cases: readonly (readonly [Identity, Identity, readonly Identity[]])[] = [
    [below, root, [below, root]],
    [own, own, [own]],
  ];
  for (const [subject, issuer, verified] of cases) {
    const chain = [certificate(subject)];
    assert.equal(readStaple(ocspResponse(subject, issuer), chain, verified.map(certificate))?.problem, undefined);
  }
  const unknown = readStaple(ocspResponse(below, root), [certificate(below)], undefined);
  assert.equal(unknown?.status, 'good');
  assert.match(unknown.problem ?? '', /issuer/);
});

test('a response that was good grows old', (t) => {
  const response = ocspResponse(valid(), intermediate, { nextUpdate: daysFromNow(1) });
  const read = (): Staple | undefined => readStaple(response, served, undefined);
  assert.equal(read()?.problem, undefined);
  t.mock.timers.enable({ apis: ['Date'], now: daysFromNow(2) });
  assert.match(read()?.problem ?? '', /out of date/);
});

test('a response changed anywhere proves nothing, or says the same', () => {
  const response = ocspResponse(valid(), intermediate, by(delegate));
  fc.assert(
    fc.property(fc.nat(response.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
      const changed = Buffer.from(response);
      changed[index] = (changed[index] ?? 0) ^ flip;
      const staple = readStaple(changed, served, undefined);
      assert.ok(staple !== undefined && (staple.problem !== undefined || staple.status === 'good'));
    }),
    { numRuns: 500 },
  );
});

test('without a certificate there is nothing to tell', () => {
  assert.equal(readStaple(ocspResponse(valid(), intermediate), [], undefined), undefined);
});
