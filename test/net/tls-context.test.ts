import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeFailure } from '../../src/net/failure.ts';
import type { Material, TlsSettings } from '../../src/net/settings.ts';
import { tlsContext } from '../../src/net/tls-context.ts';
import { authority, leaf } from '../support/certificates.ts';
import { inline } from '../support/connections.ts';
import { client, foreignRoot, root } from '../support/identities.ts';

const settings = (rest: Partial<TlsSettings> = {}): TlsSettings => ({ insecureSkipVerify: false, ...rest });

test('the same settings have the same context', () => {
  const first = settings({ ca: inline(root.cert) });
  assert.equal(tlsContext(first), tlsContext(first));
  assert.equal(tlsContext(first), tlsContext(settings({ ca: inline(root.cert) })), 'as after a reload');
  assert.notEqual(tlsContext(first), tlsContext(settings({ ca: inline(foreignRoot.cert) })));
  assert.notEqual(tlsContext(first), tlsContext(settings({ ca: inline(root.cert), minVersion: 'TLS13' })));
  assert.notEqual(tlsContext(first), tlsContext(settings({ ca: inline(root.cert), maxVersion: 'TLS12' })));
});

test('a text that changes makes a new context, and going back gives the old one', () => {
  let text = root.cert;
  const changing = settings({ ca: { description: 'ca_file ca.pem', read: () => text } });
  const first = tlsContext(changing);
  text = foreignRoot.cert;
  const second = tlsContext(changing);
  assert.notEqual(second, first);
  assert.equal(tlsContext(changing), second);
  text = root.cert;
  assert.equal(tlsContext(changing), first);
});

test('a certificate and its key that change together make a new context', () => {
  let identity = client();
  const changing = settings({
    cert: { description: 'cert_file', read: () => identity.cert },
    key: { description: 'key_file', read: () => identity.key },
  });
  const first = tlsContext(changing);
  identity = leaf(root, { usage: 'client' });
  assert.notEqual(tlsContext(changing), first);
});

test('of contexts made for many settings only so many are kept', () => {
  const shared = { ca: inline(root.cert) };
  const first = tlsContext(settings(shared));
  for (let index = 0; index < 64; index++) tlsContext(settings({ ca: inline(`${root.cert}# ${index}`) }));
  assert.notEqual(tlsContext(settings(shared)), first);
});

const missing: Material = {
  description: 'ca_file missing.pem',
  read: () => {
    throw new Error('ENOENT: no such file');
  },
};
const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const other = authority([['CN', 'Other']]);

const unusable: readonly (readonly [name: string, rest: Partial<TlsSettings>, message: RegExp])[] = [
  ['a missing file', { ca: missing }, /^Cannot use ca_file missing\.pem: ENOENT/],
  ['a missing key', { cert: inline(client().cert), key: missing }, /missing\.pem/],
  ['an authority that is no PEM', { ca: inline('hello') }, /no certificate in PEM/],
  ['an empty authority', { ca: inline('') }, /no certificate in PEM/],
  ['an authority that is no certificate', { ca: inline(broken) }, /^Cannot use a text of the test: /],
  [
    'a certificate that is none',
    { cert: inline(broken), key: inline(client().key) },
    /^Cannot use a text of the test: /,
  ],
  ['a certificate that is no PEM', { cert: inline('hello'), key: inline(client().key) }, /^Cannot use/],
  ['a key that is none', { cert: inline(client().cert), key: inline('hello') }, /^Cannot use/],
  ['a key of another certificate', { cert: inline(client().cert), key: inline(other.key) }, /^Cannot use/],
];

for (const [name, rest, message] of unusable) {
  test(`${name} cannot be used, and the failure says of what`, () => {
    assert.throws(
      () => tlsContext(settings(rest)),
      ({ phase, reason, message: told }: ProbeFailure) => {
        assert.deepEqual({ phase, reason }, { phase: 'tls', reason: 'unusable_file' });
        assert.match(told, message);
        assert.doesNotMatch(told, /PRIVATE KEY|BEGIN CERT/);
        return true;
      },
    );
  });
}

test('without an authority of its own a context trusts the roots of the system, or those of the runtime', () => {
  assert.ok(tlsContext(settings()).trust.size > 0);
});
