import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Regexp } from '../../src/config/regexp.ts';

type Text = string | Buffer;

function bytes(text: Text): Buffer {
  return Buffer.from(text);
}

/** Expressions, lines, and what blackbox_exporter 0.28 sends for the template `<$0|$1|$2>`; undefined when nothing matches. */
const matches: readonly (readonly [source: string, line: Text, sent: Text | undefined])[] = [
  ['(a)(b)?', 'xaby', '<ab|a|b>'],
  ['(a)(b)?', 'xay', '<a|a|>'],
  ['a*', 'baaa', '<||>'],
  ['a+?', 'aaa', '<a||>'],
  ['(a+)(a+)', 'aaaa', '<aaaa|aaa|a>'],
  ['(a+?)(a+)', 'aaaa', '<aaaa|a|aaa>'],
  ['(a|ab)(c|bcd)', 'abcd', '<abcd|a|bcd>'],
  ['(?:(a)|(b))+', 'ab', '<ab|a|b>'],
  ['(a*)*', 'b', '<||>'],
  ['(a|b)*', 'abab', '<abab|b|>'],
  ['(?i)(STRASSE|k)', 'xKy', '<K|K|>'],
  ['(?i)ſ', 'S', '<S||>'],
  ['^(.*)$', 'hello world', '<hello world|hello world|>'],
  ['.', '日本', '<日||>'],
  ['(.)(.)', '日本x', '<日本|日|本>'],
  ['(.)(.)', Buffer.from('fffe7a', 'hex'), Buffer.from('3cfffe7cff7cfe3e', 'hex')],
  ['[^a]', Buffer.from('61e381', 'hex'), Buffer.from('3ce37c7c3e', 'hex')],
  [String.raw`(\x{FFFD})`, Buffer.from('61ff', 'hex'), Buffer.from('3cff7cff7c3e', 'hex')],
  ['(�)', Buffer.from('61ff', 'hex'), Buffer.from('3cff7cff7c3e', 'hex')],
  [String.raw`\xff`, Buffer.from('ff', 'hex'), undefined],
  [String.raw`\xff`, 'ÿ', '<ÿ||>'],
  [String.raw`(\w+)`, 'éa1_', '<a1_|a1_|>'],
  [String.raw`\b(a)\b`, 'éaé', '<a|a|>'],
  [String.raw`(\pL+)`, '1éa', '<éa|éa|>'],
  [String.raw`([[:alpha:]]+)(\d*)`, '--ab12', '<ab12|ab|12>'],
  ['(?s)a.b', 'a b', '<a b||>'],
  ['a$', 'ab', undefined],
  ['a$', 'ba', '<a||>'],
  ['(?m)a$', 'ba', '<a||>'],
  [String.raw`\Aa\z`, 'a', '<a||>'],
  ['(?U)(a+)(a*)', 'aaa', '<a|a|>'],
  ['x*', 'aaa', '<||>'],
  ['()', 'abc', '<||>'],
  ['(|a)+', 'aaa', '<||>'],
  ['(a?)(ab)?', 'ab', '<a|a|>'],
  ['((a)|b)*', 'ab', '<ab|b|a>'],
  ['(foo|foobar)(bar)?', 'foobar', '<foobar|foo|bar>'],
  [String.raw`\Q$^\E(.)`, '$^!', '<$^!|!|>'],
  [String.raw`\.(\d{2,3}?)`, '.1234', '<.12|12|>'],
  [String.raw`\p{Greek}+`, 'abαβ', '<αβ||>'],
  [String.raw`\PN+`, '12ab', '<ab||>'],
  [String.raw`[\d\-x]+`, 'a-1x', '<-1x||>'],
  [String.raw`^\s*(\S+)\s`, '  \ta b', '<  \ta |a|>'],
  [String.raw`\bfoo\b`, 'a foo.', '<foo||>'],
  [String.raw`\Bo`, 'foo', '<o||>'],
  [String.raw`[^\x00-\x7F]+`, 'abé日', '<é日||>'],
  ['(?i:A)b', 'ab', '<ab||>'],
  ['(?i:A)b', 'aB', undefined],
  ['a{0}b', 'ab', '<b||>'],
  ['(a{2}){2}', 'aaaaa', '<aaaa|aa|>'],
  ['(?:a{1,2}){2,3}', 'aaaaaaa', '<aaaaaa||>'],
  ['[a-c&&b]+', '&ab', '<&ab||>'],
  [String.raw`\x{1F600}`, '😀', '<😀||>'],
  [String.raw`[\x{1F600}-\x{1F64F}](.)`, '😁z', '<😁z|z|>'],
  ['(?i)[k-l]+', 'KKL', '<KKL||>'],
  [String.raw`\bx`, Buffer.from('ff78', 'hex'), '<x||>'],
  [String.raw`x\b`, Buffer.from('78ff', 'hex'), '<x||>'],
  [String.raw`.*?(\d+)$`, 'abc123', '<abc123|123|>'],
  ['(?i)^+ok', '+OK', undefined],
  ['^(?:x|(y))', 'y', '<y|y|>'],
  [String.raw`(\d+)-(\d+)?`, '12-', '<12-|12|>'],
];

for (const [source, line, sent] of matches) {
  test(`finds in ${JSON.stringify(line.toString())} what Go finds for ${source}`, () => {
    const found = new Regexp(source).exec(bytes(line));
    assert.deepEqual(found?.expand(Buffer.from('<$0|$1|$2>')), sent === undefined ? undefined : bytes(sent));
  });
}

/** What blackbox_exporter 0.28 makes of templates after `(?P<n>b)(?P<N>c)?(?P<n1_>d)` matched. */
const templates: readonly (readonly [line: Text, template: Text, sent: Text])[] = [
  ['abde', '$', '$'],
  ['abde', '$$', '$'],
  ['abde', '$$$', '$$'],
  ['abde', '$$1', '$1'],
  ['abde', '$1$', 'b$'],
  ['abde', '$1$$', 'b$'],
  ['abde', '${1', '${1'],
  ['abde', '${1}', 'b'],
  ['abde', '${}', '${}'],
  ['abde', '$ {1}', '$ {1}'],
  ['abde', '${ 1}', '${ 1}'],
  ['abde', '${1 }', '${1 }'],
  ['abde', '$1x', ''],
  ['abde', '${1}x', 'bx'],
  ['abde', '$1_', ''],
  ['abde', '$1-', 'b-'],
  ['abde', '$01', ''],
  ['abde', '${01}', ''],
  ['abde', '$00', ''],
  ['abde', '$0', 'bd'],
  ['abde', '$9', ''],
  ['abde', '$99999999', ''],
  ['abde', '$999999999', ''],
  ['abde', '$9999999999', ''],
  ['abde', '${-1}', '${-1}'],
  ['abde', '$-1', '$-1'],
  ['abde', '$n', 'b'],
  ['abde', '$nn', ''],
  ['abde', '${n}n', 'bn'],
  ['abde', '$N', ''],
  ['abcde', '$N', 'c'],
  ['abde', '${n1_}', 'd'],
  ['abde', '$n1_', 'd'],
  ['abde', '$n1', ''],
  ['abde', '${n}${N}${n1_}', 'bd'],
  ['abde', 'a$b$c', 'a'],
  ['abde', '$é', ''],
  ['abde', '$1é', ''],
  ['abde', '${1é}', ''],
  ['abde', '$1١', ''],
  ['abde', '$١', ''],
  ['abde', '$1 ', 'b '],
  ['abde', String.raw`\$1`, String.raw`\b`],
  ['abde', '$1$2$3', 'bd'],
  ['abcde', '$1$2$3', 'bcd'],
  ['abde', '{$1}', '{b}'],
  ['abde', '$(1)', '$(1)'],
  ['abde', '$&', '$&'],
  ['abde', '$`', '$`'],
  ['abde', '$_', ''],
  ['abde', '$__', ''],
  ['abde', '${_}', ''],
  ['abde', '$1.$2', 'b.'],
  ['abde', '$$n', '$n'],
  ['abde', '$$$n', '$b'],
  ['abde', '日$1本', '日'],
  ['abde', '$1日', ''],
  ['xbdy', Buffer.from('2431ff2430', 'hex'), Buffer.from('62ff6264', 'hex')],
  ['xbdy', Buffer.from('ff24', 'hex'), Buffer.from('ff24', 'hex')],
  ['xbdy', Buffer.from('247b6eff7d', 'hex'), Buffer.from('247b6eff7d', 'hex')],
];

for (const [line, template, sent] of templates) {
  test(`expands ${JSON.stringify(template.toString())} as Go does`, () => {
    const found = new Regexp('(?P<n>b)(?P<N>c)?(?P<n1_>d)').exec(bytes(line));
    assert.deepEqual(found?.expand(bytes(template)), bytes(sent));
  });
}

test('a number names a group by position, also where a group has a number as its name', () => {
  const found = new Regexp('(?P<1>a)(?P<01>b)').exec(Buffer.from('ab'));
  assert.equal(found?.expand(Buffer.from('$1 ${01} $01')).toString(), 'a b b');
});

test('a number of two digits names a group', () => {
  const found = new Regexp('(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)').exec(Buffer.from('abcdefghijk'));
  assert.equal(found?.expand(Buffer.from('$10$11$1')).toString(), 'jka');
});

test('a group that took no part gives nothing', () => {
  const found = new Regexp('(a)|(b)').exec(Buffer.from('b'));
  assert.equal(found?.group(1), undefined);
  assert.deepEqual(Buffer.from(found?.group(2) ?? []), Buffer.from('b'));
  assert.equal(found?.group(3), undefined);
});

test('matches texts and bytes', () => {
  const regexp = new Regexp('^caf\u00e9$');
  assert.equal(regexp.source, '^caf\u00e9$');
  assert.equal(regexp.test('caf\u00e9'), true);
  assert.equal(regexp.test(Buffer.from('caf\u00e9')), true);
  assert.equal(regexp.test(Buffer.from('caf\u00e9', 'latin1')), false);
  assert.equal(regexp.test('cafe'), false);
});

test('the dot stops at a line break, and $ is the end of the text alone', () => {
  assert.equal(new Regexp('a.b').test('a\nb'), false);
  assert.equal(new Regexp('(?s)a.b').test('a\nb'), true);
  assert.equal(new Regexp('a$').test('a\nb'), false);
  assert.equal(new Regexp('a$').test('a\n'), false);
  assert.equal(new Regexp('(?m)^b$').test('a\nb'), true);
});

const refused: readonly (readonly [source: string, complaint: string])[] = [
  ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
  ['(?!a)', 'invalid or unsupported Perl syntax: `(?!`'],
  ['(?<=a)b', 'invalid named capture: `(?<=a)b`'],
  ['(?<!a)b', 'invalid named capture: `(?<!a)b`'],
  ['(?>a)', 'invalid or unsupported Perl syntax: `(?>`'],
  ['(?x)a', 'invalid or unsupported Perl syntax: `(?x`'],
  [String.raw`(a)\1`, 'invalid escape sequence: `\\1`'],
  [String.raw`\Z`, 'invalid escape sequence: `\\Z`'],
  [String.raw`\h`, 'invalid escape sequence: `\\h`'],
  [String.raw`\u0041`, 'invalid escape sequence: `\\u`'],
  ['a++', 'invalid nested repetition operator: `++`'],
  ['a**', 'invalid nested repetition operator: `**`'],
  ['*a', 'missing argument to repetition operator: `*`'],
  ['a{1001}', 'invalid repeat count: `{1001}`'],
  ['((a{100}){10}){10}', 'invalid repeat count: `{10}`'],
  ['(a', 'missing closing ): `(a`'],
  ['a)', 'unexpected ): `a)`'],
  ['[a', 'missing closing ]: `[a`'],
  ['[b-a]', 'invalid character class range: `b-a`'],
  [String.raw`\p{Nope}`, 'invalid character class range: `\\p{Nope}`'],
  ['a\\', 'trailing backslash at end of expression'],
];

for (const [source, complaint] of refused) {
  test(`refuses ${source} as Go does`, () => {
    assert.throws(() => new Regexp(source), {
      message: `must be a regular expression in RE2 syntax: ${complaint}`,
    });
  });
}

/** Each takes a backtracking engine longer than the universe is old. */
const explosive = ['(a+)+$', '(a|aa)+$', '(a*)*b', '(.*)*x', '([a-z]+)*[A-Z]', '(a?){50}a{50}$', '(x+x+)+y'];

for (const source of explosive) {
  test(`ends for ${source} on a long line`, () => {
    const line = Buffer.from(`${'a'.repeat(5000)}${'x'.repeat(5000)}!`);
    const regexp = new Regexp(source);
    assert.equal(regexp.test(line), source === '(.*)*x');
    assert.equal(regexp.exec(line) !== undefined, source === '(.*)*x');
  });
}
