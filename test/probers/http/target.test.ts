import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeFailure } from '../../../src/net/failure.ts';
import { parseTarget, redirectTarget, redirectUrl } from '../../../src/probers/http/target.ts';

interface Parsed {
  readonly secure?: boolean;
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly path: string;
  readonly credentials?: string;
}

const targets: readonly (readonly [target: string, parsed: Parsed])[] = [
  ['a.test', { host: 'a.test', port: 80, authority: 'a.test', path: '/' }],
  ['a.test:8080/x', { host: 'a.test', port: 8080, authority: 'a.test:8080', path: '/x' }],
  ['http://a.test', { host: 'a.test', port: 80, authority: 'a.test', path: '/' }],
  ['http://a.test:80/', { host: 'a.test', port: 80, authority: 'a.test:80', path: '/' }],
  ['http://a.test:/', { host: 'a.test', port: 80, authority: 'a.test', path: '/' }],
  ['https://a.test/', { secure: true, host: 'a.test', port: 443, authority: 'a.test', path: '/' }],
  ['HTTPS://A.test/', { secure: true, host: 'a.test', port: 443, authority: 'A.test', path: '/' }],
  ['http://a.test?q=1', { host: 'a.test', port: 80, authority: 'a.test', path: '/?q=1' }],
  ['http://a.test/p?q=1#part', { host: 'a.test', port: 80, authority: 'a.test', path: '/p?q=1' }],
  ['http://a.test/a/../b/./c', { host: 'a.test', port: 80, authority: 'a.test', path: '/a/../b/./c' }],
  ['http://a.test//x', { host: 'a.test', port: 80, authority: 'a.test', path: '//x' }],
  ['http://a.test/%41%2f', { host: 'a.test', port: 80, authority: 'a.test', path: '/%41%2f' }],
  ['http://a.test/a b', { host: 'a.test', port: 80, authority: 'a.test', path: '/a%20b' }],
  ['http://a.test/ü?ü', { host: 'a.test', port: 80, authority: 'a.test', path: '/%C3%BC?%C3%BC' }],
  ['http://u:p@a.test/', { host: 'a.test', port: 80, authority: 'a.test', path: '/', credentials: 'u:p' }],
  ['http://u%3A:p%40@a.test/', { host: 'a.test', port: 80, authority: 'a.test', path: '/', credentials: 'u::p@' }],
  ['http://[::1]/', { host: '::1', port: 80, authority: '[::1]', path: '/' }],
  ['[2001:db8::1]:8080', { host: '2001:db8::1', port: 8080, authority: '[2001:db8::1]:8080', path: '/' }],
  ['127.0.0.1', { host: '127.0.0.1', port: 80, authority: '127.0.0.1', path: '/' }],
  ['http://bücher.test/', { host: 'xn--bcher-kva.test', port: 80, authority: 'xn--bcher-kva.test', path: '/' }],
];

for (const [target, expected] of targets) {
  test(`${target} is taken apart`, () => {
    const { secure, host, port, authority, path, credentials } = parseTarget(target);
    assert.deepEqual(
      { secure, host, port, authority, path, credentials },
      { secure: false, credentials: undefined, ...expected },
    );
  });
}

test('what goes to the other end has neither line breaks nor spaces', () => {
  for (const target of [
    'http://a.test/a\r\nX: y',
    'http://a.test/?\r\n\r\n',
    'http://a.test/\0',
    'http://a.test/\t ?\t ',
  ]) {
    const { path, authority } = parseTarget(target);
    assert.match(path, /^[\x21-\x7e]+$/);
    assert.match(authority, /^[\x21-\x7e]+$/);
  }
});

test('a target seen before is not read again', () => {
  assert.equal(parseTarget('http://a.test/again'), parseTarget('http://a.test/again'));
});

const refused = [
  '',
  'http://',
  'http://:80/',
  'http://a.test:99999/',
  'http://a.test:x/',
  'http://[::1/',
  'http://a.test/%',
  'http://a.test/%zz',
  'http://a b/',
];

for (const target of refused) {
  test(`${JSON.stringify(target)} is no target`, () => {
    assert.throws(
      () => parseTarget(target),
      (failure: ProbeFailure) => failure.phase === 'admission' && failure.reason === 'bad_target',
    );
  });
}

const from = new URL('https://a.test/dir/page?q#f');
const redirects: readonly (readonly [location: string, url: string | undefined, followed: boolean])[] = [
  ['next', 'https://a.test/dir/next', true],
  ['/next', 'https://a.test/next', true],
  ['?r', 'https://a.test/dir/page?r', true],
  ['//b.test/x', 'https://b.test/x', true],
  ['http://b.test:8080/x', 'http://b.test:8080/x', true],
  ['HTTP://B.test', 'http://b.test/', true],
  ['ftp://b.test/', 'ftp://b.test/', false],
  ['javascript:alert(1)', 'javascript:alert(1)', false],
  ['mailto:a@b.test', 'mailto:a@b.test', false],
  ['http://', undefined, false],
  ['http://[::1', undefined, false],
  ['http://a.test:99999/', undefined, false],
  ['/%', undefined, false],
  ['/%zz', undefined, false],
];

for (const [location, url, followed] of redirects) {
  test(`the location ${JSON.stringify(location)} ${followed ? 'is followed' : 'leads nowhere'}`, () => {
    const led = redirectUrl(location, from);
    assert.equal(led?.href, url);
    assert.equal(led !== undefined && redirectTarget(led) !== undefined, followed);
  });
}
