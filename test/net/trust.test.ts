import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { certificateOf } from '../../src/net/certificate.ts';
import { TrustStore } from '../../src/net/trust.ts';
import { authority, crossSigned, daysFromNow, leaf } from '../support/certificates.ts';

const start = daysFromNow(0).getTime();
const inDays = (days: number): Date => new Date(start + days * 24 * 60 * 60 * 1000);

const oldRoot = authority([['CN', 'Old Root']], undefined, { notAfter: inDays(10) });
const newRoot = authority([['CN', 'New Root']], undefined, { notAfter: inDays(1000) });
const middle = authority([['CN', 'Middle']], newRoot, { notAfter: inDays(500) });
const middleByOld = crossSigned(middle, oldRoot, { notAfter: inDays(400) });
const served = leaf(middle, { notAfter: inDays(90) }).cert;
const longLived = leaf(middle, { notAfter: inDays(900) }).cert;
const newRootByOld = crossSigned(newRoot, oldRoot, { notAfter: inDays(300) });

// Two authorities that have signed each other, one of them also below the new root.
const left = authority([['CN', 'Left']], newRoot, { notAfter: inDays(200) });
const right = authority([['CN', 'Right']], left, { notAfter: inDays(250) });
const leftByRight = crossSigned(left, right, { notAfter: inDays(240) });
const belowRight = leaf(right, { notAfter: inDays(900) }).cert;

const namesake = authority([['CN', 'Middle']], newRoot, { notAfter: inDays(800) });

interface Case {
  readonly name: string;
  readonly store: readonly string[];
  readonly served: readonly string[];
  /** In days from now; undefined for no chain. */
  readonly expiry: number | undefined;
}

const cases: readonly Case[] = [
  { name: 'nothing served', store: [newRoot.cert], served: [], expiry: undefined },
  { name: 'an empty store', store: [], served: [served, middle.cert], expiry: undefined },
  { name: 'the leaf expires first', store: [newRoot.cert], served: [served, middle.cert], expiry: 90 },
  { name: 'the intermediate expires first', store: [newRoot.cert], served: [longLived, middle.cert], expiry: 500 },
  { name: 'the root expires first', store: [oldRoot.cert], served: [longLived, middleByOld], expiry: 10 },
  { name: 'a missing intermediate', store: [newRoot.cert], served: [served], expiry: undefined },
  { name: 'a store with the intermediate alone', store: [middle.cert], served: [longLived], expiry: 500 },
  { name: 'a store with the leaf alone', store: [longLived], served: [longLived, middle.cert], expiry: 900 },
  { name: 'a store with another root', store: [oldRoot.cert], served: [served, middle.cert], expiry: undefined },
  {
    name: 'two chains: the later one counts',
    store: [oldRoot.cert, newRoot.cert],
    served: [longLived, middleByOld, middle.cert],
    expiry: 500,
  },
  {
    name: 'a root that is served, and signed by another',
    store: [oldRoot.cert],
    served: [longLived, middle.cert, newRootByOld],
    expiry: 10,
  },
  {
    name: 'intermediates in disorder',
    store: [oldRoot.cert],
    served: [longLived, newRootByOld, middle.cert],
    expiry: 10,
  },
  {
    name: 'the root among those served',
    store: [newRoot.cert],
    served: [longLived, middle.cert, newRoot.cert],
    expiry: 500,
  },
  {
    name: 'authorities that have signed each other',
    store: [newRoot.cert],
    served: [belowRight, right.cert, leftByRight, left.cert],
    expiry: 200,
  },
  {
    name: 'a knot without an end',
    store: [newRoot.cert],
    served: [belowRight, right.cert, leftByRight],
    expiry: undefined,
  },
  {
    name: 'an authority of the same name and another key',
    store: [newRoot.cert],
    served: [longLived, namesake.cert],
    expiry: undefined,
  },
  { name: 'a root of the same name and another key', store: [namesake.cert], served: [longLived], expiry: undefined },
  {
    name: 'a certificate that is served twice',
    store: [newRoot.cert],
    served: [served, served, middle.cert],
    expiry: 90,
  },
];

for (const { name, store, served, expiry } of cases) {
  test(`the trust in a chain: ${name}`, () => {
    const certificates = served.map((pem) => certificateOf(new X509Certificate(pem)));
    const found = new TrustStore(store).chain(certificates);
    const first = found && Math.min(...found.map(({ notAfter }) => notAfter));
    assert.equal(first, expiry === undefined ? undefined : inDays(expiry).getTime() / 1000);
    assert.equal(found?.[0], found && certificates[0]);
    assert.ok(found === undefined || store.some((pem) => pem.includes(String(found.at(-1)?.x509))));
  });
}

test('a chain of many certificates that could all have signed each other is judged', () => {
  const certificates = Array.from({ length: 40 }, () => crossSigned(left, left));
  const chain = [belowRight, right.cert, ...certificates].map((pem) => certificateOf(new X509Certificate(pem)));
  assert.equal(new TrustStore([newRoot.cert]).chain(chain), undefined);
});

test('a store has every certificate of its texts, and nothing else of them', () => {
  const store = new TrustStore([
    `# a comment\n${oldRoot.cert}\nin between\n${newRoot.cert}`,
    middle.cert,
    leaf('self').key,
  ]);
  assert.equal(store.size, 3);
  assert.equal(new TrustStore(['nothing']).size, 0);
});

test('a store with a certificate that is none says so when it is asked', () => {
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  assert.throws(() => new TrustStore([broken]).size, Error);
});
