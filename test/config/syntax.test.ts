import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistakesIn } from './read-yaml.ts';

const refused: readonly (readonly [name: string, yaml: string, ...mistakes: string[]])[] = [
  ['tabs as indentation', 'a:\n\tb: 1\n', '2:1: not valid YAML: tabs are not allowed as indentation'],
  ['a quote that does not end', 'a: "b\n', '2:1: not valid YAML: missing closing "quote'],
  ['an unknown escape', 'a: "\\q"\n', '1:5: not valid YAML: invalid escape sequence \\q'],
  [
    'a mapping in a line of a mapping',
    'a: b: c\n',
    '1:4: not valid YAML: nested mappings are not allowed in compact mappings',
  ],
  [
    'a control character',
    'a: b\n\u0001: c\n',
    '2:1: not valid YAML: the control character U+0001 must be escaped in double quotes',
  ],
  ['a second document', 'a: 1\n---\nb: 1\n', '3:1: a second YAML document: only one may be in a file'],
  [
    'two mistakes of syntax',
    'a: "\\q"\nb: "\\p"\n',
    '1:5: not valid YAML: invalid escape sequence \\q',
    '2:5: not valid YAML: invalid escape sequence \\p',
  ],
];

for (const [name, yaml, ...mistakes] of refused) {
  test(`refuses ${name}`, () =>
    assert.deepEqual(
      mistakesIn(yaml, (root) => root.keys()),
      mistakes,
    ));
}

for (const [name, yaml] of [
  ['lists that do not end', '['.repeat(100_000)],
  ['lists', `${'['.repeat(5000)}${']'.repeat(5000)}`],
  ['mappings', `${'{a: '.repeat(5000)}${'}'.repeat(5000)}`],
  ['keys', `${'? '.repeat(5000)}a`],
  ['items', `${'- '.repeat(5000)}a`],
  ['lines', Array.from({ length: 1000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
] as const) {
  test(`refuses ${name} nested too deeply`, () => {
    const [mistake, ...others] = mistakesIn(yaml, () => undefined);
    assert.match(mistake ?? '', /^\d+:\d+: nested deeper than 64 levels$/);
    assert.deepEqual(others, []);
  });
}

test('mistakes of syntax quote nothing that may be a secret', () => {
  for (const yaml of [
    'a: | hunter2\n',
    'a: hunter2: b\n',
    'a: {hunter2',
    'a: "hunter2',
    '%hunter2\n',
    'a: [b}hunter2\n',
    '- hunter2\nb: c\n',
    'a: &b &c hunter2\n',
  ]) {
    const mistakes = mistakesIn(yaml, (root) => root.string('a')).join('\n');
    assert.doesNotMatch(mistakes, /hunter2/, yaml);
  }
});

test('takes what is most often written', () => {
  for (const yaml of [
    'a: 1\r\nb: 2\r\n',
    '\uFEFFa: 1\n',
    '%YAML 1.1\n---\na: 1\n',
    'a: 1\n...\n',
    'a: 1\n---\n',
    '{"a": 1, "b": [1,2]}',
    'a: {\n  b: c\n}\n',
    'a:\n- 1\n- 2\n',
  ]) {
    assert.deepEqual(
      mistakesIn(yaml, (root) => root.keys()),
      [],
      yaml,
    );
  }
});
