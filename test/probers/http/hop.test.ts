import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cookies, type Hop, nextHop, redirectLocation } from '../../../src/probers/http/hop.ts';
import { type HttpTarget, parseTarget, redirectTarget } from '../../../src/probers/http/target.ts';

function hopTo(target: string, rest: Partial<Hop> = {}): Hop {
  return {
    target: parseTarget(target),
    method: 'GET',
    body: undefined,
    describesBody: true,
    hostHeader: undefined,
    trusted: true,
    referer: undefined,
    ...rest,
  };
}

function led(to: string): HttpTarget {
  const target = redirectTarget(new URL(to));
  assert.ok(target !== undefined);
  return target;
}

const body = Buffer.from('a body');

const methods: readonly (readonly [status: number, method: string, next: string, keepsBody: boolean])[] = [
  [301, 'GET', 'GET', false],
  [301, 'HEAD', 'HEAD', false],
  [301, 'POST', 'GET', false],
  [302, 'GET', 'GET', false],
  [302, 'HEAD', 'HEAD', false],
  [302, 'POST', 'GET', false],
  [302, 'PUT', 'GET', false],
  [302, 'DELETE', 'GET', false],
  [303, 'HEAD', 'HEAD', false],
  [303, 'POST', 'GET', false],
  [307, 'GET', 'GET', true],
  [307, 'POST', 'POST', true],
  [307, 'DELETE', 'DELETE', true],
  [308, 'HEAD', 'HEAD', true],
  [308, 'POST', 'POST', true],
];

for (const [status, method, next, keepsBody] of methods) {
  test(`after ${status}, ${method} becomes ${next}${keepsBody ? ' with its body' : ''}`, () => {
    const hop = nextHop(hopTo('http://a.test/', { method, body }), status, led('http://a.test/next'), true);
    assert.equal(hop.method, next);
    assert.equal(hop.body, keepsBody ? body : undefined);
    assert.equal(hop.describesBody, keepsBody);
  });
}

test('a body that was dropped is not described again', () => {
  const dropped = nextHop(hopTo('http://a.test/', { method: 'POST', body }), 302, led('http://a.test/1'), true);
  const next = nextHop(dropped, 307, led('http://a.test/2'), true);
  assert.equal(next.describesBody, false);
});

const trusts: readonly (readonly [from: string, to: string, trusted: boolean])[] = [
  ['http://a.test/', 'http://a.test/next', true],
  ['http://a.test/', 'http://a.test:8080/', true],
  ['http://a.test/', 'https://a.test/', true],
  ['http://A.test/', 'http://a.TEST/', true],
  ['https://a.test/', 'http://a.test/', false],
  ['http://a.test/', 'http://b.test/', false],
  ['http://a.test/', 'http://sub.a.test/', false],
  ['http://sub.a.test/', 'http://a.test/', false],
  ['http://127.0.0.1/', 'http://127.0.0.2/', false],
];

for (const [from, to, trusted] of trusts) {
  test(`from ${from} credentials ${trusted ? '' : 'do not '}follow to ${to}`, () => {
    assert.equal(nextHop(hopTo(from), 302, led(to), false).trusted, trusted);
  });
}

test('trust that was lost never comes back', () => {
  const away = nextHop(hopTo('http://a.test/'), 302, led('http://b.test/'), false);
  assert.equal(nextHop(away, 302, led('http://a.test/'), false).trusted, false);
});

const referers: readonly (readonly [from: string, to: string, referer: string | undefined])[] = [
  ['http://a.test/page?q=1#part', 'http://b.test/', 'http://a.test/page?q=1'],
  ['http://user:secret@a.test/', 'http://a.test/next', 'http://a.test/'],
  ['http://a.test/', 'https://a.test/', 'http://a.test/'],
  ['https://a.test/', 'https://b.test/', 'https://a.test/'],
  ['https://a.test/', 'http://a.test/', undefined],
];

for (const [from, to, referer] of referers) {
  test(`from ${from} to ${to} the referer is ${referer ?? 'kept back'}`, () => {
    assert.equal(nextHop(hopTo(from), 302, led(to), false).referer, referer);
  });
}

test('a Host header of the module follows relative redirects alone', () => {
  const hop = hopTo('http://127.0.0.1/', { hostHeader: 'a.test' });
  assert.equal(nextHop(hop, 302, led('http://127.0.0.1/next'), true).hostHeader, 'a.test');
  assert.equal(nextHop(hop, 302, led('http://127.0.0.1/next'), false).hostHeader, undefined);
});

const locations: readonly (readonly [
  status: number,
  location: string | string[] | undefined,
  leads: string | undefined,
])[] = [
  [301, '/next', '/next'],
  [302, '/next', '/next'],
  [303, '/next', '/next'],
  [307, '/next', '/next'],
  [308, '/next', '/next'],
  [302, ['/first', '/second'], '/first'],
  [302, '', undefined],
  [302, undefined, undefined],
  [300, '/next', undefined],
  [304, '/next', undefined],
  [305, '/next', undefined],
  [201, '/next', undefined],
];

for (const [status, location, leads] of locations) {
  test(`${status} with the location ${JSON.stringify(location)} leads to ${leads ?? 'nowhere'}`, () => {
    assert.equal(redirectLocation({ status, version: '1.1', headers: { location } }), leads);
  });
}

test('cookies go back to where they may go', async () => {
  const cookies = new Cookies();
  const from = new URL('https://www.a.test/shop/');
  assert.equal(cookies.headerFor(from), undefined);
  await cookies.receive(undefined, from);
  await cookies.receive('one=1', from);
  await cookies.receive(['two=2; Path=/', 'safe=3; Secure; Path=/', 'wide=4; Domain=a.test; Path=/'], from);
  const sent = (url: string): string[] => (cookies.headerFor(new URL(url)) ?? '').split('; ').sort();
  assert.deepEqual(sent('https://www.a.test/shop/item'), ['one=1', 'safe=3', 'two=2', 'wide=4']);
  assert.deepEqual(sent('http://www.a.test/'), ['two=2', 'wide=4']);
  assert.deepEqual(sent('http://b.a.test/'), ['wide=4']);
  assert.deepEqual(sent('http://other.test/'), ['']);
});

test('a cookie that is replaced or taken back goes no more', async () => {
  const cookies = new Cookies();
  const url = new URL('http://a.test/');
  await cookies.receive(['a=1', 'b=1'], url);
  await cookies.receive(['a=2', 'b=; Max-Age=0'], url);
  assert.equal(cookies.headerFor(url), 'a=2');
});

const strange = [
  '',
  '=',
  ';',
  'a',
  'a=1; Domain=other.test',
  'a=1; Domain=test',
  'a=1; Domain=..',
  'a=1; Expires=never; Max-Age=x; Path',
  `a=${'x'.repeat(100_000)}; Domain=other.test`,
  'a=\u0001',
  '\u00e4=\u00fc; Domain=\u00e4',
  '__proto__=1',
];

test('a cookie that is none, or not for this host, is passed over', async () => {
  const url = new URL('http://a.test/');
  for (const cookie of strange) {
    const cookies = new Cookies();
    await cookies.receive(cookie, url);
    assert.doesNotMatch(cookies.headerFor(url) ?? '', /[\0-\x1f]/);
    await cookies.receive('good=1', url);
    assert.match(cookies.headerFor(url) ?? '', /good=1/);
  }
});

test('cookies of an address are its own', async () => {
  const cookies = new Cookies();
  await cookies.receive('a=1', new URL('http://[::1]:8080/'));
  await cookies.receive('b=1; Domain=127.0.0.1', new URL('http://127.0.0.1/'));
  assert.equal(cookies.headerFor(new URL('http://[::1]/')), 'a=1');
  assert.equal(cookies.headerFor(new URL('http://127.0.0.1/')), 'b=1');
});
