import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConnectionSettings, readSourceAddress } from '../../src/config/connection.ts';
import { isHeaderName, isSecretHeader } from '../../src/config/headers.ts';
import { type HttpClientSettings, readHttpClientSettings } from '../../src/config/http-client.ts';
import { readIpPolicy } from '../../src/config/ip-policy.ts';
import type { ConfigReader } from '../../src/config/reader.ts';
import { readRetries } from '../../src/config/retries.ts';
import { readTlsSettings } from '../../src/config/tls.ts';
import type { Material } from '../../src/net/settings.ts';
import { temporaryFile } from '../support/temporary-files.ts';
import { mistakesIn, readYaml } from './read-yaml.ts';

test('tls_config has all its keys', () => {
  const settings = readYaml(
    '{ca: A, cert: B, key: C, server_name: d, insecure_skip_verify: true, min_version: TLS11, max_version: TLS12}',
    readTlsSettings,
  );
  const { ca, cert, key, ...others } = settings;
  assert.deepEqual([ca, cert, key].map(text), ['A', 'B', 'C']);
  assert.deepEqual(others, { insecureSkipVerify: true, serverName: 'd', minVersion: 'TLS11', maxVersion: 'TLS12' });
  assert.deepEqual(readYaml('{}', readTlsSettings), { insecureSkipVerify: false });
  assert.deepEqual(readYaml('{ca: "", server_name: "", ca_ref: "", min_version: }', readTlsSettings), {
    insecureSkipVerify: false,
  });
});

test('tls_config takes its texts from files', () => {
  const [ca, cert, key] = ['A', 'B', 'C'].map((content) => temporaryFile(`sections-${content}`, `\n${content}\n`));
  const settings = readYaml(`{ca_file: ${ca}, cert_file: ${cert}, key_file: ${key}}`, readTlsSettings);
  assert.deepEqual([settings.ca, settings.cert, settings.key].map(text), ['A', 'B', 'C']);
  assert.equal(settings.ca?.description, `ca_file ${ca}`);
});

const refusedTls: readonly (readonly [yaml: string, ...mistakes: string[]])[] = [
  ['{ca: a, ca_file: /b}', '1:18: ca_file: only one of ca and ca_file may be given'],
  ['{cert: a, cert_file: /b, key: c}', '1:22: cert_file: only one of cert and cert_file may be given'],
  ['{cert: a, key: b, key_file: /c}', '1:29: key_file: only one of key and key_file may be given'],
  ['{cert_file: /a}', '1:1: cert needs its key: give key or key_file'],
  ['{key: a}', '1:1: key needs its certificate: give cert or cert_file'],
  ['{ca_ref: a}', '1:10: ca_ref: there is no secret manager to ask: use ca or ca_file'],
  ['{min_version: TLS13, max_version: TLS12}', '1:35: max_version: must not be below min_version, which is TLS13'],
  ['{min_version: tls12}', '1:15: min_version: must be TLS10 or TLS11 or TLS12 or TLS13, not "tls12"'],
  ['{min_version: ""}', '1:15: min_version: must be TLS10 or TLS11 or TLS12 or TLS13, not ""'],
  ['{insecure: true}', '1:2: insecure: unknown key'],
  ['{server_nam: a, ca_flie: b}', '1:2: server_nam: did you mean server_name?', '1:17: ca_flie: did you mean ca_file?'],
];

for (const [yaml, ...mistakes] of refusedTls) {
  test(`refuses the tls_config ${yaml}`, () => assert.deepEqual(mistakesIn(yaml, readTlsSettings), mistakes));
}

test('a connection closes by reset unless told otherwise', () => {
  assert.deepEqual(readYaml('{}', readConnectionSettings), { close: 'reset' });
  assert.deepEqual(
    readYaml(
      '{close: fin, connect_timeout: 1s, tls_handshake_timeout: 2.5s, source_ip_address: "::1"}',
      readConnectionSettings,
    ),
    { close: 'fin', connectTimeout: 1000, tlsHandshakeTimeout: 2500, sourceAddress: '::1' },
  );
});

const refusedConnections: readonly (readonly [yaml: string, mistake: string])[] = [
  ['{close: rst}', '1:9: close: must be reset or fin, not "rst"'],
  [
    '{connect_timeout: 0s}',
    '1:19: connect_timeout: must be more than 0: leave it out for no limit but that of the probe',
  ],
  ['{tls_handshake_timeout: -1s}', '1:25: tls_handshake_timeout: must not be negative'],
  ['{source_ip_address: localhost}', '1:21: source_ip_address: must be an IP address, not "localhost"'],
  ['{source_ip_address: "fe80::1%eth0"}', '1:21: source_ip_address: must be an IP address, not "fe80::1%eth0"'],
  ['{conect_timeout: 1s}', '1:2: conect_timeout: did you mean connect_timeout?'],
];

for (const [yaml, mistake] of refusedConnections) {
  test(`refuses the connection ${yaml}`, () => assert.deepEqual(mistakesIn(yaml, readConnectionSettings), [mistake]));
}

test('a source address that is absent or empty is none', () => {
  assert.equal(readYaml('{}', readSourceAddress), undefined);
  assert.equal(readYaml('source_ip_address: ""', readSourceAddress), undefined);
  assert.equal(readYaml('source_ip_address: 127.0.0.2', readSourceAddress), '127.0.0.2');
  assert.equal(readYaml('source_ip_address: "::ffff:127.0.0.2"', readSourceAddress), '127.0.0.2');
  assert.equal(readYaml('source_ip_address: "::2"', readSourceAddress), '::2');
});

test('IPv6 is preferred, and IPv4 will do', () => {
  assert.deepEqual(readYaml('{}', readIpPolicy), { preferred: 'ip6', fallback: true });
  assert.deepEqual(readYaml('preferred_ip_protocol: ""', readIpPolicy), { preferred: 'ip6', fallback: true });
  assert.deepEqual(readYaml('{preferred_ip_protocol: ip4, ip_protocol_fallback: no}', readIpPolicy), {
    preferred: 'ip4',
    fallback: false,
  });
  assert.deepEqual(mistakesIn('preferred_ip_protocol: ipv4', readIpPolicy), [
    '1:24: preferred_ip_protocol: must be ip4 or ip6 or "", not "ipv4"',
  ]);
});

/** Settings of an HTTP client as plain data. */
function client(yaml: string): unknown {
  const { basicAuth, authorization, httpHeaders, ...others }: HttpClientSettings = readYaml(
    yaml,
    readHttpClientSettings,
  );
  return {
    ...others,
    ...(basicAuth !== undefined && { basic: [text(basicAuth.username), text(basicAuth.password)] }),
    ...(authorization !== undefined && { authorization: [authorization.type, text(authorization.credentials)] }),
    ...(httpHeaders.length > 0 && {
      headers: httpHeaders.map(({ name, values }) => ({ name, values: values.map(text) })),
    }),
  };
}

function text(material: Material | undefined): string | undefined {
  return material?.read();
}

const clientDefaults = { tls: { insecureSkipVerify: false }, followRedirects: true, enableHttp2: true };

test('an HTTP client has all its keys', () => {
  const file = temporaryFile('sections-header', ' from file\n');
  const acceptedClients: readonly (readonly [yaml: string, settings: object])[] = [
    ['{}', {}],
    ['{follow_redirects: no, enable_http2: false}', { followRedirects: false, enableHttp2: false }],
    ['tls_config: {insecure_skip_verify: true}', { tls: { insecureSkipVerify: true } }],
    ['basic_auth: {username: u, password: 123}', { basic: ['u', '123'] }],
    [`basic_auth: {username_file: ${file}, password_file: ${file}}`, { basic: ['from file', 'from file'] }],
    ['basic_auth: {}', { basic: [undefined, undefined] }],
    ['basic_auth:', {}],
    ['authorization: {credentials: c}', { authorization: ['Bearer', 'c'] }],
    ['authorization: {type: " Token ", credentials: c}', { authorization: ['Token', 'c'] }],
    [`authorization: {credentials_file: ${file}}`, { authorization: ['Bearer', 'from file'] }],
    ['authorization: {}', { authorization: ['Bearer', undefined] }],
    ['bearer_token: t', { authorization: ['Bearer', 't'] }],
    [`bearer_token_file: ${file}`, { authorization: ['Bearer', 'from file'] }],
    ['{bearer_token: "", basic_auth: {username: u}}', { basic: ['u', undefined] }],
    [
      `http_headers: {X-A: {values: [a, 5], secrets: [b], files: [${file}]}, X-B: }`,
      {
        headers: [
          { name: 'X-A', values: ['a', '5', 'b', 'from file'] },
          { name: 'X-B', values: [] },
        ],
      },
    ],
    ['{proxy_url: "", no_proxy: "", proxy_from_environment: false, oauth2: , proxy_connect_header: }', {}],
  ];
  for (const [yaml, settings] of acceptedClients) {
    assert.deepEqual(client(yaml), { ...clientDefaults, ...settings }, yaml);
  }
});

const noReference = 'there is no secret manager to ask: use';
const refusedClients: readonly (readonly [yaml: string, ...mistakes: string[]])[] = [
  [
    '{basic_auth: {password: a, password_file: /b}}',
    '1:43: basic_auth.password_file: only one of password and password_file may be given',
  ],
  [
    '{basic_auth: {username: a, username_file: /b}}',
    '1:43: basic_auth.username_file: only one of username and username_file may be given',
  ],
  ['{basic_auth: {password_ref: a}}', `1:29: basic_auth.password_ref: ${noReference} password or password_file`],
  ['{basic_auth: {user: a}}', '1:15: basic_auth.user: unknown key'],
  ['{basic_auth: {password: [a]}}', '1:25: basic_auth.password: must be a text, not a list'],
  ['{authorization: {type: basic}}', '1:24: authorization.type: must not be Basic: use basic_auth'],
  [
    '{authorization: {credentials: a, credentials_file: /b}}',
    '1:52: authorization.credentials_file: only one of credentials and credentials_file may be given',
  ],
  [
    '{authorization: {credentials_ref: a}}',
    `1:35: authorization.credentials_ref: ${noReference} credentials or credentials_file`,
  ],
  ['{authorization: {}, basic_auth: {}}', '1:33: basic_auth: only one of authorization and basic_auth may be given'],
  ['{bearer_token: a, basic_auth: {}}', '1:31: basic_auth: only one of bearer_token and basic_auth may be given'],
  [
    '{bearer_token_file: /a, authorization: {}}',
    '1:40: authorization: only one of bearer_token_file and authorization may be given',
  ],
  [
    '{bearer_token: a, bearer_token_file: /b}',
    '1:38: bearer_token_file: only one of bearer_token and bearer_token_file may be given',
  ],
  ['{http_headers: {host: {values: [a]}}}', '1:23: http_headers.host: this header may not be set here'],
  ['{http_headers: {Authorization: }}', '1:17: http_headers.Authorization: this header may not be set here'],
  ['{http_headers: {"X A": {values: [a]}}}', '1:24: http_headers["X A"]: "X A" cannot be the name of a header'],
  ['{http_headers: {X-A: {value: a}}}', '1:23: http_headers.X-A.value: did you mean values?'],
  ['{http_headers: {X-A: a}}', '1:22: http_headers.X-A: must be a mapping, not a single value'],
  ['{tls_config: {ca: a, ca_file: b}}', '1:31: tls_config.ca_file: only one of ca and ca_file may be given'],
  ['{oauth2: {client_id: a}}', '1:2: oauth2.token_url: token_url must be given'],
  ['{follow_redirect: no}', '1:2: follow_redirect: did you mean follow_redirects?'],
];

for (const [yaml, ...mistakes] of refusedClients) {
  test(`refuses the HTTP client ${yaml}`, () => {
    assert.deepEqual(mistakesIn(yaml, readHttpClientSettings), mistakes);
  });
}

test('a client may stand among keys of its prober', () => {
  const read = (section: ConfigReader): unknown => [
    section.string('method'),
    readHttpClientSettings(section).enableHttp2,
  ];
  assert.deepEqual(readYaml('{method: GET, enable_http2: no}', read), ['GET', false]);
});

test('headers that are no secret are known by name', () => {
  const harmless = [
    'Host',
    'Accept',
    'accept-encoding',
    'Content-Type',
    'User-Agent',
    'Origin',
    'Referer',
    'Cache-Control',
  ];
  for (const name of harmless) assert.equal(isSecretHeader(name), false, name);
  const secret = ['Authorization', 'Cookie', 'X-Api-Key', 'Proxy-Authorization', 'Accept-Token', 'X-Host'];
  for (const name of secret) assert.equal(isSecretHeader(name), true, name);
});

test('the name of a header is a token', () => {
  for (const name of ['X-A', 'x_1', 'a', "!#$%&'*+-.^_`|~"]) assert.equal(isHeaderName(name), true, name);
  for (const name of ['', 'a b', 'a:', 'é', 'a\n', '(a)']) assert.equal(isHeaderName(name), false, name);
});

test('retries are of any failure that may pass', () => {
  const { on, ...retries } = readYaml('{attempts: 3}', readRetries);
  assert.deepEqual(retries, { attempts: 3, delay: 0, attemptTimeout: undefined });
  for (const reason of ['timeout', 'reset', 'status', 'nxdomain', 'other'] as const) assert.ok(on.has(reason), reason);
  for (const reason of ['bad_target', 'cancelled', 'too_many_probes'] as const) assert.ok(!on.has(reason), reason);
  const given = readYaml('{attempts: 2, delay: 100ms, attempt_timeout: 1.5s, on: [timeout, reset]}', readRetries);
  assert.deepEqual(given, { attempts: 2, delay: 100, attemptTimeout: 1500, on: new Set(['timeout', 'reset']) });
});

const refusedRetries: readonly (readonly [yaml: string, mistake: string])[] = [
  ['{delay: 1s}', '1:1: attempts must be given: how many there may be, from 2 to 10'],
  ['{attempts: 1}', '1:12: attempts: must be from 2 to 10, not 1'],
  ['{attempts: 11}', '1:12: attempts: must be from 2 to 10, not 11'],
  ['{attempts: 2, delay: 5}', '1:22: delay: must be a duration with a unit, such as 5s'],
  [
    '{attempts: 2, attempt_timeout: 0s}',
    '1:32: attempt_timeout: must be more than 0: leave it out for all that is left',
  ],
  ['{attempts: 2, on: []}', '1:19: on: has no reason, so that nothing would be tried again: leave it out for all'],
  ['{attempts: 2, on: [timeot]}', '1:19: on: "timeot" is no reason to try again: did you mean timeout?'],
  [
    '{attempts: 2, on: [cancelled]}',
    '1:19: on: "cancelled" is no reason to try again: docs/metrics.md has the reasons',
  ],
  ['{atempts: 2}', '1:2: atempts: did you mean attempts?'],
];

for (const [yaml, mistake] of refusedRetries) {
  test(`refuses the retries ${yaml}`, () => assert.ok(mistakesIn(yaml, readRetries).includes(mistake)));
}
