import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jwtBearer, readOAuth2Settings } from '../../src/config/oauth2.ts';
import { loadModules } from '../../src/config/modules.ts';
import { probers } from '../../src/probers/index.ts';
import { mistakesIn, readYaml } from './read-yaml.ts';

const needed = 'client_id: client, token_url: "https://issuer.test/token"';

test('client credentials are the grant where none is named', () => {
  const settings = readYaml(
    `{${needed}, client_secret: s, scopes: [a, b], endpoint_params: {c: d}}`,
    readOAuth2Settings,
  );
  assert.equal(settings?.grant.type, 'client_credentials');
  assert.equal(settings.grant.clientSecret?.read(), 's');
  assert.equal(settings.tokenUrl.href, 'https://issuer.test/token');
  assert.deepEqual(settings.scopes, ['a', 'b']);
  assert.deepEqual(settings.endpointParams, new Map([['c', 'd']]));
});

test('an assertion names the client and the token URL where nothing else is said', () => {
  const settings = readYaml(`{${needed}, grant_type: "${jwtBearer}", client_certificate_key: k}`, readOAuth2Settings);
  if (settings?.grant.type !== jwtBearer) assert.fail('another grant');
  const { issuer, subject, audience, algorithm, claims } = settings.grant;
  assert.deepEqual(
    { issuer, subject, audience, algorithm, claims },
    { issuer: 'client', subject: 'client', audience: 'https://issuer.test/token', algorithm: 'RS256', claims: {} },
  );
});

test('claims keep the types that they have in the file', () => {
  const claims = '{number: 7, fraction: 1.5, text: "7", flag: true, nothing: ~, list: [1, {a: b}], nested: {c: [d]}}';
  const yaml = `{${needed}, grant_type: "${jwtBearer}", client_certificate_key: k, claims: ${claims}}`;
  const settings = readYaml(yaml, readOAuth2Settings);
  if (settings?.grant.type !== jwtBearer) assert.fail('another grant');
  assert.deepEqual(settings.grant.claims, {
    number: 7,
    fraction: 1.5,
    text: '7',
    flag: true,
    nothing: null,
    list: [1, { a: 'b' }],
    nested: { c: ['d'] },
  });
});

const refused: readonly (readonly [yaml: string, ...mistakes: string[]])[] = [
  ['{}', '1:1: client_id: client_id must be given', '1:1: token_url: token_url must be given'],
  ['{client_id: a, token_url: "ftp://b"}', '1:27: token_url: must be a URL that begins with http:// or https://'],
  [
    `{${needed}, client_secret_ref: s}`,
    '1:80: client_secret_ref: there is no secret manager to ask: use client_secret or client_secret_file',
  ],
  [
    `{${needed}, scopes: [a], endpoint_params: {scope: b}}`,
    '1:91: endpoint_params: scope is set by other keys already',
  ],
  [
    `{${needed}, grant_type: "${jwtBearer}"}`,
    '1:73: grant_type: this grant needs client_certificate_key or client_certificate_key_file',
  ],
];

for (const [yaml, ...mistakes] of refused) {
  test(`refuses oauth2 ${yaml}`, () => assert.deepEqual(mistakesIn(yaml, readOAuth2Settings), mistakes));
}

test('warns of keys that the grant does not use', () => {
  const text = `modules: {m: {prober: http, http: {oauth2: {${needed}, client_secret: s, iss: i}}}}`;
  assert.deepEqual(loadModules(text, 'test.yml', probers).warnings, [
    'test.yml:1:127: modules.m.http.oauth2.iss: not used: grant_type is client_credentials',
  ]);
});
