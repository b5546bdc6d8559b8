import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { jwtBearer } from '../../../src/config/oauth2.ts';
import { client, identity } from '../../support/identities.ts';
import { prepare, probeOnce } from '../../support/probe-once.ts';
import { closedPort, type HttpServer, serveHttp, serveTcp } from '../../support/servers.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import { serveTokens } from '../../support/token-server.ts';

function module(token_url: string, options: object = {}): object {
  const oauth2 = { client_id: 'client', client_secret: 's3cret word', token_url, ...options };
  return { prober: 'http', http: { oauth2 } };
}

function authorizations(target: HttpServer): (string | undefined)[] {
  return target.takeRequests().map(({ headers }) => headers['authorization']);
}

test('a token is kept until it expires', async (t) => {
  const target = await serveHttp(t);
  const tokens = await serveTokens(t, { numbered: true });
  const probe = prepare(module(tokens.url));
  for (let i = 0; i < 3; i++) assert.equal((await probe(target.origin)).success, true);
  assert.equal(tokens.takeRequests().length, 1);
  assert.deepEqual(authorizations(target), ['Bearer token-1', 'Bearer token-1', 'Bearer token-1']);
});

test('a token that is about to expire is replaced', async (t) => {
  const target = await serveHttp(t);
  const tokens = await serveTokens(t, { numbered: true, expiresIn: 10 });
  const probe = prepare(module(tokens.url));
  for (let i = 0; i < 2; i++) await probe(target.origin);
  assert.deepEqual(authorizations(target), ['Bearer token-1', 'Bearer token-2']);
});

test('a token that the target refuses is replaced for the next probe', async (t) => {
  const target = await serveHttp(t, (request, response) => {
    response.writeHead(request.headers['authorization'] === 'Bearer token-1' ? 401 : 200).end();
  });
  const tokens = await serveTokens(t, { numbered: true });
  const probe = prepare(module(tokens.url));
  assert.equal((await probe(target.origin)).success, false);
  assert.equal((await probe(target.origin)).success, true);
  assert.deepEqual(authorizations(target), ['Bearer token-1', 'Bearer token-2']);
});

test('probes that need a token at once ask for one', async (t) => {
  const target = await serveHttp(t);
  const tokens = await serveTokens(t, { numbered: true });
  const probe = prepare(module(tokens.url));
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => probe(target.origin)));
  assert.deepEqual(new Set(outcomes.map(({ success }) => success)), new Set([true]));
  assert.equal(tokens.takeRequests().length, 1);
  assert.deepEqual(new Set(authorizations(target)), new Set(['Bearer token-1']));
});

test('a request for a token goes on as long as one probe waits for it', async (t) => {
  const target = await serveHttp(t);
  let answer = (): void => assert.fail('nobody has asked');
  let asked = (): void => {};
  const isAsked = new Promise<void>((settle) => (asked = settle));
  const issuer = await serveHttp(t, (_, response) => {
    answer = () => void response.end('{"access_token":"late"}');
    asked();
  });
  const probe = prepare(module(`${issuer.origin}/token`));
  const given = new AbortController();
  const impatient = probe(target.origin, { signal: given.signal });
  const patient = probe(target.origin);
  await isAsked;
  given.abort();
  const { failure } = await impatient;
  assert.deepEqual([failure?.phase, failure?.reason], ['request', 'cancelled']);
  answer();
  assert.equal((await patient).success, true);
  assert.equal(issuer.takeRequests().length, 1);
});

test('a request that nobody waits for any more is no hindrance for the next probe', async (t) => {
  const target = await serveHttp(t);
  let silent = true;
  const issuer = await serveHttp(t, (_, response) => void (silent || response.end('{"access_token":"a"}')));
  const probe = prepare(module(`${issuer.origin}/token`));
  const { failure } = await probe(target.origin, { timeout: 0.2 });
  assert.deepEqual([failure?.phase, failure?.reason], ['request', 'timeout']);
  silent = false;
  assert.equal((await probe(target.origin)).success, true);
});

test('a new secret in its file is used at once', async (t) => {
  const target = await serveHttp(t);
  const tokens = await serveTokens(t, { numbered: true });
  const file = temporaryFile('oauth2-changing-secret', 's3cret word');
  const probe = prepare(module(tokens.url, { client_secret: undefined, client_secret_file: file }));
  assert.equal((await probe(target.origin)).success, true);
  writeFileSync(file, 'another\n');
  assert.deepEqual((await probe(target.origin)).failure?.reason, 'oauth2');
  writeFileSync(file, 's3cret word\n');
  assert.equal((await probe(target.origin)).success, true);
});

test('the way in which a server wants the secret is found once', async (t) => {
  const target = await serveHttp(t);
  const tokens = await serveTokens(t, { wants: 'parameters', expiresIn: 1 });
  const probe = prepare(module(tokens.url));
  for (let i = 0; i < 2; i++) assert.equal((await probe(target.origin)).success, true);
  const ways = tokens.takeRequests().map(({ headers }) => ('authorization' in headers ? 'header' : 'parameters'));
  assert.deepEqual(ways, ['header', 'parameters', 'parameters']);
});

test("the probe's own series tell of the target alone", async (t) => {
  const target = await serveHttp(t);
  const tokens = await serveTokens(t);
  const { metrics, log, text } = await probeOnce(module(tokens.url), target.origin);
  assert.equal(metrics.get('probe_tcp_connections'), 1);
  assert.equal(metrics.get('probe_http_status_code'), 200);
  assert.doesNotMatch(JSON.stringify(log) + text, /s3cret|the-token/);
});

test('a token is asked for before the target is bothered', async (t) => {
  const target = await serveHttp(t);
  const { metrics } = await probeOnce(module(`http://127.0.0.1:${await closedPort(t)}/`), target.origin);
  assert.deepEqual(target.takeRequests(), []);
  assert.equal(metrics.get('probe_tcp_connections'), undefined);
});

/** What the token URL's server does, and the message that the probe then fails with. */
const failures: readonly (readonly [does: string, options: Parameters<typeof serveTokens>[1], message: RegExp])[] = [
  [
    'refuses',
    { status: 403, answer: { error: 'denied', error_description: 'not\nyou' } },
    /403, "denied", "not\\nyou"$/,
  ],
  ['refuses with status 200', { answer: { error: 'denied' } }, /refuses a token: 200, "denied"$/],
  ['redirects', { status: 302, answer: '' }, /refuses a token: 302$/],
  ['answers with what is no JSON', { answer: '<html>' }, /neither JSON nor a form$/],
  ['answers with null', { answer: 'null' }, /neither JSON nor a form$/],
  ['gives no token', { answer: {} }, /has no access_token$/],
  ['gives a token that is no text', { answer: { access_token: 5 } }, /has no access_token$/],
  ['gives a token with a line break', { answer: { access_token: 'a\r\nb' } }, /has a line break$/],
  ['gives too much', { answer: 'x'.repeat(1_100_000) }, /larger than 1048576 bytes$/],
];

for (const [does, options, message] of failures) {
  test(`a server that ${does} fails the probe with reason oauth2`, async (t) => {
    const tokens = await serveTokens(t, options);
    const { failure } = await probeOnce(module(tokens.url), 'http://127.0.0.1:1');
    assert.deepEqual([failure?.phase, failure?.reason], ['request', 'oauth2'], failure?.message);
    assert.match(failure?.message ?? '', message);
  });
}

test('a token URL that cannot be reached fails the probe with reason oauth2, and says why', async (t) => {
  const { port } = await serveTcp(t, (socket) => socket.end('220 mail\r\n'));
  for (const [url, message] of [
    [`http://127.0.0.1:${await closedPort(t)}/`, /^Cannot ask for a token: .*ECONNREFUSED/],
    [`http://127.0.0.1:${port}/`, /^Cannot ask for a token: The response is none of HTTP/],
    [`https://127.0.0.1:${port}/`, /^Cannot ask for a token: The TLS handshake failed/],
    ['http://issuer.invalid/', /^Cannot ask for a token: Cannot resolve issuer\.invalid/],
  ] as const) {
    const { failure } = await probeOnce(module(url), 'http://127.0.0.1:1');
    assert.deepEqual([failure?.phase, failure?.reason], ['request', 'oauth2'], failure?.message);
    assert.match(failure?.message ?? '', message);
  }
});

test('a server of tokens that does not answer keeps the probe until its deadline', async (t) => {
  const tokens = await serveTokens(t, { silent: true });
  const { failure } = await probeOnce(module(tokens.url), 'http://127.0.0.1:1', { timeout: 0.2 });
  assert.deepEqual([failure?.phase, failure?.reason], ['request', 'timeout']);
});

test('a key that is no RSA key cannot sign', async () => {
  for (const client_certificate_key of ['no PEM', client().key]) {
    const oauth2 = { client_id: 'a', token_url: 'http://127.0.0.1:1/', grant_type: jwtBearer, client_certificate_key };
    const { failure } = await probeOnce({ prober: 'http', http: { oauth2 } }, 'http://127.0.0.1:1');
    assert.deepEqual([failure?.phase, failure?.reason], ['request', 'unusable_file']);
    assert.match(failure?.message ?? '', /^Cannot sign with .*client_certificate_key: it is no RSA key in PEM$/);
  }
});

test('a secret that cannot be read fails the probe', async () => {
  const missing = module('http://127.0.0.1:1/', { client_secret: undefined, client_secret_file: '/nowhere/secret' });
  const { failure } = await probeOnce(missing, 'http://127.0.0.1:1');
  assert.deepEqual([failure?.phase, failure?.reason], ['request', 'unusable_file']);
  assert.match(failure?.message ?? '', /client_secret_file \/nowhere\/secret/);
});

test('an assertion is signed with the key', async (t) => {
  const target = await serveHttp(t);
  const { key, cert } = identity('oauth2', { key: 'rsa' });
  const tokens = await serveTokens(t, { verifiedBy: cert });
  const oauth2 = { client_id: 'a', token_url: tokens.url, grant_type: jwtBearer, client_certificate_key: key };
  const { success, failure } = await probeOnce({ prober: 'http', http: { oauth2 } }, target.origin);
  assert.equal(success, true, failure?.message);
});
