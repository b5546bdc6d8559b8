import { leaf, type Attribute, type Name } from '../../support/certificates.ts';
import { intermediate } from '../../support/identities.ts';
import { authority } from '../../support/certificates.ts';
import type { ProbeCase } from '../probe-case.ts';
import { https } from '../targets.ts';

const module = { prober: 'http', http: { tls_config: { insecure_skip_verify: true } } };

/** What `probe_ssl_last_chain_info` says of a subject. */
const subject = (name: string, subject: Name, names?: readonly string[]): ProbeCase => ({
  name,
  module,
  target: (lifetime) => https(leaf(intermediate, { subject, ...(names === undefined ? {} : { names }) }))(lifetime),
});

const value = (text: string): ProbeCase => subject(`the value ${JSON.stringify(text)}`, [['CN', text]]);

const order: Attribute[] = [
  ['C', 'DE', 'printable'],
  ['ST', 'Berlin'],
  ['L', 'Mitte'],
  ['STREET', 'Weg 1'],
  ['POSTALCODE', '10115'],
  ['O', 'Clearbox'],
  ['OU', 'Tests'],
  ['CN', 'a.test'],
  ['SERIALNUMBER', '4711'],
];

export const subjects: readonly ProbeCase[] = [
  subject('every attribute with a short name', order),
  subject('the same in reverse', order.toReversed()),
  subject('several units', [
    ['O', 'A'],
    ['OU', 'one'],
    ['OU', 'two'],
    ['CN', 'x'],
  ]),
  subject('several common names', [
    ['CN', 'first'],
    ['CN', 'second'],
  ]),
  subject('two attributes in one relative name', [
    ['O', 'A'],
    [
      ['CN', 'x'],
      ['OU', 'y'],
    ],
  ]),
  subject('two units in one relative name', [
    [
      ['OU', 'two'],
      ['OU', 'one'],
    ],
    ['CN', 'x'],
  ]),
  subject('units in several relative names', [
    [
      ['OU', 'two'],
      ['OU', 'one'],
    ],
    ['OU', 'three'],
    ['CN', 'x'],
  ]),
  subject('an e-mail address', [
    ['CN', 'x'],
    ['emailAddress', 'a@example.test', 'ia5'],
  ]),
  subject('domain components', [
    ['DC', 'test', 'ia5'],
    ['DC', 'example', 'ia5'],
    ['CN', 'x'],
  ]),
  subject('a user id', [
    ['UID', 'u1'],
    ['CN', 'x'],
  ]),
  subject('an unknown attribute of X.520', [
    ['title', 'Dr'],
    ['givenName', 'Ada'],
    ['CN', 'x'],
  ]),
  subject('an unknown attribute', [
    ['1.3.6.1.4.1.311.60.2.1.3', 'DE', 'printable'],
    ['CN', 'x'],
  ]),
  subject('an unknown attribute alone', [['1.2.3.4.5', 'value']]),
  subject('an unknown attribute beyond ASCII', [
    ['1.2.3.4.5', 'gr\u00fc\u00df'],
    ['CN', 'x'],
  ]),
  subject('an empty subject', [], ['a.test']),
  subject('a teletex string', [['CN', 'caf\u00e9', 'teletex']]),
  subject('a BMP string', [['CN', 'gr\u00fc\u00df \u03b1', 'bmp']]),
  subject('a numeric string', [['CN', '123 456', 'numeric']]),
  subject('an IA5 string', [['CN', 'a@b', 'ia5']]),
  subject('a printable string with an asterisk', [['CN', '*.example.test', 'printable']]),
  ...[
    'a,b',
    'a+b',
    'a"b',
    'a\\b',
    'a<b>c',
    'a;b',
    'a=b',
    'a#b',
    '#a',
    ' a',
    'a ',
    '  a  ',
    ' ',
    '',
    'a/b',
    "it's",
    'gr\u00fc\u00df',
    '\u65e5\u672c',
    'a\u{1f600}',
    'a\tb',
    'a\nb',
    'a\u0000b',
    'a\u007fb',
    '=',
    ',',
    '\\',
    '\\,',
    '"',
  ].map(value),
  subject('no alternative names', [['CN', 'a.test']], []),
  subject('several alternative names', [['CN', 'a.test']], ['b.test', 'a.test', '*.c.test']),
  subject('addresses among the alternative names', [['CN', 'a.test']], ['127.0.0.1', 'a.test', '::1']),
  subject('addresses only', [['CN', 'a.test']], ['127.0.0.1', '::1']),
  subject(
    'other alternative names',
    [['CN', 'a.test']],
    ['email:a@example.test', 'uri:https://example.test/', 'a.test'],
  ),
  {
    name: 'an issuer of many attributes',
    module,
    target: (lifetime) => https(leaf(authority([...order, ['emailAddress', 'ca@example.test', 'ia5']])))(lifetime),
  },
];
