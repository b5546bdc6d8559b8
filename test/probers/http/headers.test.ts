import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpClientSettings } from '../../../src/config/http-client.ts';
import type { ProbeFailure } from '../../../src/net/failure.ts';
import { defaultTlsSettings, type Material } from '../../../src/net/settings.ts';
import { type Passes, requestHeaders } from '../../../src/probers/http/headers.ts';
import { Cookies, type Hop } from '../../../src/probers/http/hop.ts';
import { parseTarget } from '../../../src/probers/http/target.ts';
import { userAgent } from '../../../src/version.ts';
import { inline } from '../../support/connections.ts';

interface Given {
  readonly target?: string;
  readonly headers?: Record<string, string>;
  readonly client?: Partial<HttpClientSettings>;
  readonly hop?: Partial<Hop>;
  readonly cookies?: Cookies;
  readonly passes?: Partial<Passes>;
}

/** The request's headers by name, several of one name as a list. */
function headersOf({
  target = 'http://a.test/',
  headers = {},
  client,
  hop,
  cookies,
  passes,
}: Given): Record<string, string[]> {
  const list = requestHeaders(
    {
      client: { tls: defaultTlsSettings, followRedirects: true, enableHttp2: true, httpHeaders: [], ...client },
      headers: new Map(Object.entries(headers)),
    },
    {
      target: parseTarget(target),
      method: 'GET',
      body: undefined,
      describesBody: true,
      hostHeader: undefined,
      trusted: true,
      referer: undefined,
      ...hop,
    },
    cookies ?? new Cookies(),
    { token: undefined, proxy: undefined, ...passes },
  );
  const byName: Record<string, string[]> = {};
  for (let index = 0; index < list.length; index += 2) (byName[list[index] ?? ''] ??= []).push(list[index + 1] ?? '');
  return byName;
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const basicAuth = { username: inline('user'), password: inline('secret') };
const plain = { Host: ['a.test'], 'User-Agent': [userAgent] };

test('a request has a Host and a User-Agent', () => {
  assert.deepEqual(headersOf({}), plain);
  assert.deepEqual(headersOf({ target: 'http://a.test:8080/' })['Host'], ['a.test:8080']);
  assert.deepEqual(headersOf({ target: 'http://[::1]:80/' })['Host'], ['[::1]:80']);
  assert.deepEqual(headersOf({ hop: { hostHeader: 'b.test' } })['Host'], ['b.test']);
});

test('the headers of the module go before our own', () => {
  const headers = { 'user-agent': 'mine', referer: 'theirs', 'X-A': '1' };
  assert.deepEqual(headersOf({ headers, hop: { referer: 'http://before.test/' } }), {
    Host: ['a.test'],
    'user-agent': ['mine'],
    referer: ['theirs'],
    'X-A': ['1'],
  });
});

test('http_headers are sent once for each value', () => {
  const httpHeaders = [{ name: 'X-A', values: [inline('1'), inline('2')] }];
  assert.deepEqual(headersOf({ client: { httpHeaders } }), { ...plain, 'X-A': ['1', '2'] });
});

const credentials: readonly (readonly [name: string, given: Given, authorization: string])[] = [
  ['basic_auth', { client: { basicAuth } }, basic('user:secret')],
  ['basic_auth without a password', { client: { basicAuth: { username: inline('user') } } }, basic('user:')],
  ['basic_auth before the URL', { target: 'http://u:p@a.test/', client: { basicAuth } }, basic('user:secret')],
  ['the URL', { target: 'http://u:p@a.test/' }, basic('u:p')],
  ['the URL without a password', { target: 'http://u@a.test/' }, basic('u:')],
  ['escapes in the URL', { target: 'http://a%40b:p%3Aq@a.test/' }, basic('a@b:p:q')],
  ['a stray percent sign in the URL', { target: 'http://50%:p@a.test/' }, basic('50%:p')],
  ['authorization', { client: { authorization: { type: 'Bearer', credentials: inline('t') } } }, 'Bearer t'],
  [
    'a token before anything else',
    { headers: { Authorization: 'mine' }, passes: { token: 'Bearer new' } },
    'Bearer new',
  ],
  [
    'a header of the module before the URL',
    { target: 'http://u:p@a.test/', headers: { Authorization: 'mine' } },
    'mine',
  ],
];

for (const [name, given, authorization] of credentials) {
  test(`the Authorization comes from ${name}, and goes nowhere else`, () => {
    assert.deepEqual(headersOf(given)['Authorization'], [authorization]);
    assert.equal(headersOf({ ...given, hop: { trusted: false } })['Authorization'], undefined);
  });
}

test('headers that carry credentials stay with the first host', () => {
  const headers = {
    Cookie: 'a=1',
    authorization: 'x',
    'Proxy-Authorization': 'y',
    'WWW-Authenticate': 'z',
    'X-A': '1',
  };
  const httpHeaders = [{ name: 'Cookie2', values: [inline('b')] }];
  assert.deepEqual(headersOf({ headers, client: { httpHeaders }, hop: { trusted: false } }), {
    ...plain,
    'X-A': ['1'],
  });
});

test('headers that describe a body go with it', () => {
  const headers = { 'Content-Type': 'a/b', 'content-encoding': 'gzip', 'Content-Language': 'de', 'X-A': '1' };
  assert.deepEqual(headersOf({ headers, hop: { describesBody: false } }), { ...plain, 'X-A': ['1'] });
});

test('cookies that were received go behind those of the module', async () => {
  const cookies = new Cookies();
  await cookies.receive(['b=2', 'c=3'], new URL('http://a.test/'));
  assert.deepEqual(headersOf({ cookies })['Cookie'], ['b=2; c=3']);
  assert.deepEqual(headersOf({ cookies, headers: { cookie: 'a=1' } })['Cookie'], ['a=1; b=2; c=3']);
});

test('the referer is that of the hop', () => {
  assert.deepEqual(headersOf({ hop: { referer: 'http://before.test/' } })['Referer'], ['http://before.test/']);
});

test('characters beyond ASCII go as their UTF-8', () => {
  assert.deepEqual(headersOf({ headers: { 'X-A': 'Grüße €' } })['X-A'], [Buffer.from('Grüße €').toString('latin1')]);
});

test('a file that cannot be read ends the probe before the request', () => {
  const missing: Material = {
    description: 'password_file x',
    read: () => {
      throw new Error('ENOENT');
    },
  };
  assert.throws(
    () => headersOf({ client: { basicAuth: { username: inline('u'), password: missing } } }),
    ({ phase, reason, message }: ProbeFailure) =>
      phase === 'request' && reason === 'unusable_file' && message === 'Cannot use password_file x: ENOENT',
  );
});
