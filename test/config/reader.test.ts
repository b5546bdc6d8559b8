import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigReader } from '../../src/config/reader.ts';
import { mistakesIn, readYaml } from './read-yaml.ts';

/** Values as blackbox_exporter 0.28 reads them into a field of the same type. */
const accepted: readonly (readonly [yaml: string, read: (root: ConfigReader) => unknown, value: unknown])[] = [
  ...[
    'true',
    'True',
    'TRUE',
    'yes',
    'Yes',
    'YES',
    'on',
    'On',
    'ON',
    'y',
    'Y',
    '"yes"',
    "'on'",
    '!!bool "true"',
    '!mine yes',
  ].map((yaml) => [`k: ${yaml}`, (root: ConfigReader) => root.boolean('k', false), true] as const),
  ...['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'n', 'N', '"n"'].map(
    (yaml) => [`k: ${yaml}`, (root: ConfigReader) => root.boolean('k', true), false] as const,
  ),
  ['k:', (root) => root.boolean('k', true), true],
  ['{}', (root) => root.boolean('k', true), true],
  [
    'k: [200, 0x1F, 0o17, 017, 1_000, +5, -1, 200.0, 2e2, 0b11, 08, -0b11, 0x_1F, 1_, 5.]',
    (root) => root.statusCodes('k').map(({ first }) => first),
    [200, 31, 15, 15, 1000, 5, -1, 200, 200, 3, 8, -3, 31, 1, 5],
  ],
  ['k: [1, ~, , 2]'.replace(', ,', ', null,'), (root) => root.statusCodes('k').map(({ last }) => last), [1, 2]],
  [
    'k: [2xx, 5XX, 301, 400-404, 503-503]',
    (root) => root.statusCodes('k').map(({ first, last }) => [first, last]),
    [
      [200, 299],
      [500, 599],
      [301, 301],
      [400, 404],
      [503, 503],
    ],
  ],
  ['k: !!int "5"', (root) => root.integer('k'), 5],
  ['k: !!float 5', (root) => root.integer('k'), 5],
  ['k: 5', (root) => root.integer('k', { min: 0, max: 5 }), 5],
  ['k: -1.5e1', (root) => root.number('k'), -15],
  ['k: 0x10', (root) => root.number('k'), 16],
  ...[
    '5',
    'true',
    '1.50',
    '0x1F',
    '2020-01-01',
    '0o17',
    '1_000',
    '.inf',
    'yes',
    'TRUE',
    '1e400',
    'a b',
    'a#b',
    '<<',
  ].map((yaml) => [`k: ${yaml}`, (root: ConfigReader) => root.string('k'), yaml] as const),
  ['k: "null"', (root) => root.string('k'), 'null'],
  ['k: !!str null', (root) => root.string('k'), 'null'],
  ['k: !!str ""', (root) => root.string('k', 'fallback'), ''],
  ['k: ""', (root) => root.string('k', 'fallback'), ''],
  ...['', '~', 'null', 'Null', 'NULL', '!!null ""'].map(
    (yaml) => [`k: ${yaml}`, (root: ConfigReader) => root.string('k', 'fallback'), 'fallback'] as const,
  ),
  ['k: !!binary aGVs\n', (root) => root.string('k'), 'hel'],
  ['k: !!binary "/w=="', (root) => root.bytes('k'), Buffer.from([0xff])],
  ['k: "\\xff"', (root) => root.bytes('k'), Buffer.from([0xc3, 0xbf])],
  ['k: |\n  a\n  b\n', (root) => root.string('k'), 'a\nb\n'],
  ['k: >-\n  a\n  b\n', (root) => root.string('k'), 'a b'],
  ['k: 1m30s', (root) => root.duration('k'), 90_000],
  ['k: "0"', (root) => root.duration('k'), 0],
  ['k: -0s', (root) => root.duration('k'), 0],
  ['k: 100000h', (root) => root.duration('k'), 2 ** 31 - 1],
  ['k: 10MB', (root) => root.size('k'), 10 * 1024 * 1024],
  ['k: 0', (root) => root.size('k'), 0],
  ['k: ip4', (root) => root.oneOf('k', ['ip4', 'ip6']), 'ip4'],
  ['{}', (root) => root.oneOf('k', ['ip4', 'ip6'], 'ip6'), 'ip6'],
  ['k: [a, 5, ~, "b"]', (root) => root.strings('k'), ['a', '5', 'b']],
  ['k: []', (root) => root.strings('k'), []],
  ['k:', (root) => root.strings('k'), []],
  ['k: [5, "a+", ""]', (root) => root.regexps('k').map(String), ['5', 'a+', '']],
  [
    'k: {a: b, c: 5, d: ~}',
    (root) => Array.from(root.map('k').entries()),
    [
      ['a', 'b'],
      ['c', '5'],
      ['d', ''],
    ],
  ],
  ['k: {<<: {a: 1, b: 1}, b: 2}', (root) => Object.fromEntries(root.map('k')), { a: '1', b: '2' }],
  ['k: [{v: 1}, ~, {v: 2}]', (root) => root.list('k', (item) => item.integer('v')), [1, 2]],
  ['{}', (root) => root.section('k').section('deeper').string('v', 'default'), 'default'],
  ['k:', (root) => [root.has('k'), root.section('k').string('v')], [false, undefined]],
  ['k: {v: 1}', (root) => [root.has('k'), root.section('k').path, root.section('k').integer('v')], [true, 'k', 1]],
  [
    'k: {a: {v: 1}, "b c": ~}',
    (root) => [...root.sections('k')].map(([name, s]) => [name, s.integer('v')]),
    [
      ['a', 1],
      ['b c', undefined],
    ],
  ],
  ['k: http://user:pass@proxy.example:3128', (root) => root.url('k')?.host, 'proxy.example:3128'],
  ['k: hunter2', (root) => root.secret('k')?.reveal(), 'hunter2'],
  ['a: &a 5\nb: *a\n', (root) => [root.integer('a'), root.string('b')], [5, '5']],
  ['a: &a 1\nb: &a 2\nc: *a\n', (root) => [root.string('a'), root.string('b'), root.string('c')], ['1', '2', '2']],
  ['? k\n: v\n', (root) => root.string('k'), 'v'],
];

for (const [yaml, read, value] of accepted) {
  test(`reads ${JSON.stringify(yaml)}`, () => assert.deepEqual(readYaml(yaml, read), value));
}

const merges: readonly (readonly [name: string, yaml: string, value: unknown])[] = [
  ['one mapping', 'a: &a {x: 1, y: 1}\nk: {<<: *a, y: 2}', { x: 1, y: 2 }],
  ['one mapping that comes after', 'a: &a {x: 1, y: 1}\nk: {y: 2, <<: *a}', { x: 1, y: 2 }],
  ['a list, whose first wins', 'a: &a {x: 1}\nk: {<<: [*a, {x: 2, y: 2}]}', { x: 1, y: 2 }],
  ['a mapping that merges another', 'a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nk: {<<: *b}', { x: 1, y: 2 }],
  ['what a null switches off', 'a: &a {x: 1, y: 1}\nk: {<<: *a, x: ~}', { x: undefined, y: 1 }],
];

for (const [name, yaml, value] of merges) {
  test(`merges ${name}`, () => {
    const read = (root: ConfigReader): unknown => {
      for (const key of ['a', 'b']) root.section(key).keys();
      return { x: root.section('k').integer('x'), y: root.section('k').integer('y') };
    };
    assert.deepEqual(readYaml(yaml, read), value);
  });
}

const refused: readonly (readonly [yaml: string, read: (root: ConfigReader) => unknown, ...mistakes: string[]])[] = [
  ['k: "true"', (r) => r.boolean('k', false), '1:4: k: must be true or false, not the text "true"'],
  ['k: tRUE', (r) => r.boolean('k', false), '1:4: k: must be true or false, not the text "tRUE"'],
  ['k: ""', (r) => r.boolean('k', false), '1:4: k: must be true or false, not the text ""'],
  ['k: 1', (r) => r.boolean('k', false), '1:4: k: must be true or false, not 1'],
  ['k: !!str true', (r) => r.boolean('k', false), '1:10: k: must be true or false, not the text "true"'],
  ['k: !!bool yes', (r) => r.boolean('k', false), '1:11: k: must be what its tag !!bool says'],
  ['k: {}', (r) => r.boolean('k', false), '1:4: k: must be true or false, not a mapping'],
  ...['2x', '6xx', '0xx', '200-', '200-29', '200 - 299', '099-200', '200-600', '20x', '"200"', 'ok'].map(
    (code): (typeof refused)[number] => [
      `k: [404, ${code}]`,
      (r) => r.statusCodes('k'),
      `1:10: k[1]: must be a status code, a class such as 2xx or a range such as 200-299, not ${JSON.stringify(code.replaceAll('"', ''))}`,
    ],
  ),
  [
    'k: [299-200]',
    (r) => r.statusCodes('k'),
    '1:5: k[0]: must be a range that begins with the lower code, not 299-200',
  ],
  ['k: [1.5]', (r) => r.statusCodes('k'), '1:5: k[0]: must be an integer, not 1.5'],
  ['k: "200"', (r) => r.integer('k'), '1:4: k: must be an integer, not the text "200"'],
  ['k: 2xx', (r) => r.integer('k'), '1:4: k: must be an integer, not the text "2xx"'],
  ['k: 200.5', (r) => r.integer('k'), '1:4: k: must be an integer, not 200.5'],
  ['k: .inf', (r) => r.integer('k'), '1:4: k: must be an integer, not .inf'],
  ['k: 0o8', (r) => r.integer('k'), '1:4: k: must be an integer, not the text "0o8"'],
  ['k: true', (r) => r.integer('k'), '1:4: k: must be an integer, not true'],
  ['k: 6', (r) => r.integer('k', { max: 5 }), '1:4: k: must be at most 5, not 6'],
  ['k: 0', (r) => r.integer('k', { min: 1 }), '1:4: k: must be at least 1, not 0'],
  ['k: 0', (r) => r.integer('k', { min: 1, max: 5 }), '1:4: k: must be from 1 to 5, not 0'],
  ['k: 1e300', (r) => r.integer('k'), '1:4: k: must be an integer of at most 53 bits, not 1e+300'],
  ['k: .nan', (r) => r.number('k'), '1:4: k: must be a number, not .nan'],
  ['k: [a]', (r) => r.string('k'), '1:4: k: must be a text, not a list'],
  ['k:\n  a: b\n', (r) => r.string('k'), '2:3: k: must be a text, not a mapping'],
  ['k: !!binary "/w=="', (r) => r.string('k'), '1:13: k: must be a text: its bytes are not UTF-8'],
  ['k: !!binary "a"', (r) => r.bytes('k'), '1:13: k: must be Base64, as its tag !!binary says'],
  ['k: 5', (r) => r.duration('k'), '1:4: k: must be a duration with a unit, such as 5s'],
  ['k: "5"', (r) => r.duration('k'), '1:4: k: must be a duration with a unit, such as 5s'],
  ['k: true', (r) => r.duration('k'), '1:4: k: must be a duration such as 5s, 500ms or 1m30s, not true'],
  ['k: -1s', (r) => r.duration('k'), '1:4: k: must not be negative'],
  ['k: -1MB', (r) => r.size('k'), '1:4: k: must not be negative'],
  ['k: 1024', (r) => r.size('k'), '1:4: k: must be a size with a unit, such as 1024B'],
  ['k: !!binary aGVs', (r) => r.size('k'), '1:13: k: must be a size such as 512B, 10MB or 1GiB, not binary data'],
  ['k: a(', (r) => r.regexp('k'), '1:4: k: must be a regular expression in RE2 syntax: missing closing ): `a(`'],
  [
    'k: [a, "(", b]',
    (r) => r.regexps('k'),
    '1:8: k[1]: must be a regular expression in RE2 syntax: missing closing ): `(`',
  ],
  ['k: [[a]]', (r) => r.regexps('k'), '1:5: k[0]: must be a regular expression, not a list'],
  ['k: ip5', (r) => r.oneOf('k', ['ip4', 'ip6']), '1:4: k: must be ip4 or ip6, not "ip5"'],
  ['k: a', (r) => r.strings('k'), '1:4: k: must be a list, not a single value'],
  ['k: {a: b}', (r) => r.strings('k'), '1:4: k: must be a list, not a mapping'],
  ['k: [a]', (r) => r.map('k'), '1:4: k: must be a mapping, not a list'],
  ['k: {a b: [c]}', (r) => r.map('k'), '1:10: k["a b"]: must be a text, not a list'],
  [
    'k: [a, {v: x}]',
    (r) => r.list('k', (item) => item.string('v')),
    '1:5: k[0]: must be a mapping, not a single value',
  ],
  [
    'k: [{v: 1}, {v: x}]',
    (r) => r.list('k', (item) => item.integer('v')),
    '1:17: k[1].v: must be an integer, not the text "x"',
  ],
  ['k: a', (r) => r.section('k'), '1:4: k: must be a mapping, not a single value'],
  ['k: "::"', (r) => r.url('k'), '1:4: k: must be a URL such as http://proxy.example:3128'],
  ['k: v', () => undefined, '1:1: k: unknown key'],
  ['k:\n  a:\n    typo: 1\n', (r) => r.section('k').section('a').string('type'), '3:5: k.a.typo: did you mean type?'],
  ['k: [{typo: 1}]', (r) => r.list('k', (item) => item.has('type')), '1:6: k[0].typo: did you mean type?'],
  ['a: 1\na: 2\n"a": 3\n', (r) => r.string('a'), '2:1: a: given more than once', '3:1: a: given more than once'],
  ['[a]: 1', () => undefined, '1:1: every key must be a text'],
  ['~: 1', () => undefined, '1:1: every key must be a text'],
  ['k: *a', (r) => r.string('k'), '1:4: k: no anchor &a stands above this alias'],
  ['k: *a\na: &a 1', (r) => [r.string('k'), r.string('a')], '1:4: k: no anchor &a stands above this alias'],
  ['k: [*a]', (r) => r.strings('k'), '1:5: k[0]: no anchor &a stands above this alias'],
  ['k: {<<: a}', (r) => r.section('k'), '1:5: k: << must be given a mapping, or a list of mappings'],
  ['k: {<<: }', (r) => r.section('k'), '1:5: k: << must be given a mapping, or a list of mappings'],
  ['k: {<<: [a]}', (r) => r.section('k'), '1:5: k: << must be given a mapping, or a list of mappings'],
  ['k: {<<: {}, <<: {}}', (r) => r.section('k'), '1:13: k["<<"]: given more than once'],
  ['k: {"<<": {}}', (r) => r.section('k'), '1:5: k["<<"]: unknown key'],
  ['k: {<<: {typo: 1}}', (r) => r.section('k').has('type'), '1:10: k.typo: did you mean type?'],
  ['k: &k {v: *k}', (r) => r.section('k').section('v'), '1:8: k.v: this mapping is inside itself'],
  ['k: &k {<<: *k}', (r) => r.section('k'), '1:8: k: this mapping is merged into itself'],
  [
    'a: &a x\nk: *a\nl: *a\n',
    (r) => [r.string('a'), r.integer('k'), r.integer('l')],
    '1:7: k: must be an integer, not the text "x"',
  ],
];

for (const [yaml, read, ...mistakes] of refused) {
  test(`refuses ${JSON.stringify(yaml)}: ${mistakes[0]}`, () => assert.deepEqual(mistakesIn(yaml, read), mistakes));
}

const nearMisses: readonly (readonly [given: string, known: readonly string[], message: string])[] = [
  ['valid_status_code', ['valid_status_codes', 'valid_http_versions'], 'did you mean valid_status_codes?'],
  ['valid-status-codes', ['valid_status_codes'], 'did you mean valid_status_codes?'],
  ['Method', ['method'], 'did you mean method?'],
  ['htp', ['http', 'tcp'], 'did you mean http?'],
  ['timoeut', ['timeout'], 'did you mean timeout?'],
  ['follow_redirect', ['no_follow_redirects', 'follow_redirects'], 'did you mean follow_redirects?'],
  ['tls', ['http', 'dns'], 'unknown key'],
  ['url', ['tls'], 'unknown key'],
  ['proxy', ['method', 'body'], 'unknown key'],
];

for (const [given, known, message] of nearMisses) {
  test(`says of ${given}: ${message}`, () => {
    const read = (root: ConfigReader): void => known.forEach((key) => root.has(key));
    assert.deepEqual(mistakesIn(`${given}: 1`, read), [`1:1: ${given}: ${message}`]);
  });
}

test('a mistake that is recorded by hand stands at the value, at the key without one, else at the mapping', () => {
  const read = (root: ConfigReader): void => {
    const section = root.section('k');
    section.fail('a', 'wrong');
    section.fail('b', 'null');
    section.fail('c', 'missing');
    section.fail(undefined, 'as a whole');
  };
  assert.deepEqual(mistakesIn('k:\n  a: 1\n  b:\n', read), [
    '1:1: k.c: missing',
    '1:1: k: as a whole',
    '2:6: k.a: wrong',
    '3:3: k.b: null',
  ]);
});

test('what follows from a value that was refused is no mistake of its own', () => {
  const read = (root: ConfigReader): void => {
    if (root.regexp('k') === undefined) root.fail('k', 'must be given');
  };
  assert.deepEqual(mistakesIn('k: "("', read), [
    '1:4: k: must be a regular expression in RE2 syntax: missing closing ): `(`',
  ]);
  assert.deepEqual(mistakesIn('k:', read), ['1:1: k: must be given']);
});

test('refuses what is not supported yet, unless it is switched off', () => {
  const read = (root: ConfigReader): void => root.notSupported('k', 'it is hard');
  for (const off of ['{}', 'k:', 'k: false', 'k: no', 'k: ""']) assert.deepEqual(mistakesIn(off, read), []);
  assert.deepEqual(mistakesIn('k: true', read), ['1:4: k: not supported yet: it is hard']);
  assert.deepEqual(mistakesIn('k: hunter2', read), ['1:4: k: not supported yet: it is hard']);
  assert.deepEqual(mistakesIn('k: {unknown: 1}', read), ['1:4: k: not supported yet: it is hard']);
});

test('material is a text or a file, and neither when both are empty', () => {
  const read = (root: ConfigReader): string | undefined => root.material('password', 'password_file')?.description;
  assert.equal(readYaml('password: x', read), 'password');
  assert.equal(readYaml('password_file: /x', read), 'password_file /x');
  assert.equal(readYaml('{password: "", password_file: /x}', read), 'password_file /x');
  assert.equal(readYaml('{password: "", password_file: }', read), undefined);
  assert.deepEqual(mistakesIn('{password: x, password_file: /x}', read), [
    '1:30: password_file: only one of password and password_file may be given',
  ]);
});

test('a small file that aliases make large is refused', () => {
  const steps = `steps: &steps [${'{a: 1},'.repeat(2000)}]`;
  const modules = Array.from({ length: 1000 }, () => '{steps: *steps}').join(',');
  const read = (root: ConfigReader): void => {
    const readStep = (step: ConfigReader): unknown => step.string('a');
    root.list('steps', readStep);
    root.list('modules', (module) => module.list('steps', readStep));
  };
  assert.deepEqual(mistakesIn(`${steps}\nmodules: [${modules}]\n`, read), [
    '1:1: aliases make more than 1000000 values of this file',
  ]);
});

test('aliases that multiply where nothing reads them cost nothing', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 30; level++) {
    lines.push(`a${level}: &a${level} [${`*a${level - 1},`.repeat(10)}]`);
  }
  const read = (root: ConfigReader): unknown => {
    root.keys();
    return root.strings('a29');
  };
  assert.equal(mistakesIn(lines.join('\n'), read).length, 1);
});
