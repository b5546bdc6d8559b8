import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { certificateOf } from '../../src/net/certificate.ts';
import { readDer } from '../../src/net/der.ts';
import { commonName, distinguishedName } from '../../src/net/distinguished-name.ts';
import { leaf, type Name } from '../support/certificates.ts';

const names: readonly (readonly [name: string, subject: Name, text: string, commonName?: string])[] = [
  ['one attribute', [['CN', 'a.test']], 'CN=a.test', 'a.test'],
  ['no attribute', [], ''],
  [
    'an order of types, whatever the order in the certificate',
    [
      ['C', 'DE'],
      ['O', 'Example'],
      ['OU', 'Unit'],
      ['CN', 'a.test'],
      ['L', 'Town'],
      ['ST', 'State'],
      ['STREET', 'Road 1'],
      ['POSTALCODE', '12345'],
      ['SERIALNUMBER', '42'],
    ],
    'SERIALNUMBER=42,CN=a.test,OU=Unit,O=Example,POSTALCODE=12345,STREET=Road 1,L=Town,ST=State,C=DE',
    'a.test',
  ],
  [
    'several units',
    [
      ['OU', 'first'],
      ['OU', 'second'],
    ],
    'OU=first+OU=second',
  ],
  [
    'several common names: the last',
    [
      ['CN', 'first'],
      ['CN', 'last'],
    ],
    'CN=last',
    'last',
  ],
  [
    'several attributes of one relative name',
    [
      [
        ['O', 'Example'],
        ['CN', 'a.test'],
      ],
    ],
    'CN=a.test,O=Example',
    'a.test',
  ],
  [
    'attributes without a short name, last first',
    [
      ['DC', 'test', 'ia5'],
      ['DC', 'example', 'ia5'],
      ['CN', 'a'],
    ],
    'CN=a,0.9.2342.19200300.100.1.25=example,0.9.2342.19200300.100.1.25=test',
    'a',
  ],
  ['characters with a meaning', [['O', 'a,b+c"d\\e<f>g;h=i#j']], 'O=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h=i#j'],
  ['spaces at the ends', [['O', '  a b  ']], 'O=\\  a b \\ '],
  ['a number sign at the beginning', [['O', '#a#']], 'O=\\#a#'],
  ['an empty value', [['O', '']], 'O='],
  ['an empty common name', [['CN', '']], ''],
  [
    'all kinds of strings',
    [
      ['O', 'Grüße', 'utf8'],
      ['OU', 'ü€', 'bmp'],
      ['L', 'ü', 'teletex'],
      ['ST', 'a', 'printable'],
    ],
    'OU=ü€,O=Grüße,L=ü,ST=a',
  ],
];

for (const [name, subject, text, common = ''] of names) {
  test(`a name with ${name}`, () => {
    const certificate = certificateOf(new X509Certificate(leaf('self', { subject }).der));
    assert.equal(certificate.subject, text);
    assert.equal(certificate.issuer, text);
    assert.equal(certificate.subjectCommonName, common);
  });
}

test('bytes that are no name are refused with RangeError, or give a text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 100 }), (data) => {
      try {
        const name = readDer(data, 0);
        assert.equal(typeof distinguishedName(data, name), 'string');
        assert.equal(typeof commonName(data, name), 'string');
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }),
  );
});
