import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSecretHeader } from '../../src/config/headers.ts';
import { readHttpClientSettings } from '../../src/config/http-client.ts';
import { loadModules } from '../../src/config/modules.ts';
import type { ConfigReader } from '../../src/config/reader.ts';

const probers = {
  http(section: ConfigReader) {
    section.url('proxy');
    section.map('headers', isSecretHeader);
    section.string('body');
    section.regexps('patterns');
    return readHttpClientSettings(section);
  },
  tcp(section: ConfigReader) {
    return section.list('query_response', (step) => {
      const secret = step.boolean('secret', false);
      return [step.string('expect'), step.bytes('send', { secret })];
    });
  },
};

function shown(text: string): string {
  const { yaml, modules } = loadModules<unknown>(text, 'test.yml', probers);
  return [yaml, ...[...modules.values()].map((module) => module.yaml)].join('---\n');
}

const secrets: readonly (readonly [name: string, module: string])[] = [
  ['basic_auth.password', 'http: {basic_auth: {username: u, password: hunter2}}'],
  ['basic_auth.password in a block', 'http: {basic_auth: {password: "x\\nhunter2"}}'],
  ['authorization.credentials', 'http: {authorization: {credentials: hunter2}}'],
  ['bearer_token', 'http: {bearer_token: hunter2}'],
  ['tls_config.key', 'http: {tls_config: {cert_file: /c, key: hunter2}}'],
  ['http_headers.secrets', 'http: {http_headers: {X-A: {secrets: [hunter2, hunter2]}}}'],
  ['headers that may be secret', 'http: {headers: {Authorization: hunter2, Cookie: hunter2, X-Api-Key: hunter2}}'],
  ['the password of a URL', 'http: {proxy: "http://user:hunter2@proxy.example:3128/a@b"}'],
  ['the user of a URL', 'http: {proxy: "http://hunter2@proxy.example"}'],
  ['a password with an at sign in a URL', 'http: {proxy: "http://user:a@hunter2@proxy.example"}'],
  ['what a secret step sends', 'tcp: {query_response: [{send: hunter2, secret: true}]}'],
  ['what a secret step sends in binary', 'tcp: {query_response: [{send: !!binary hunter22, secret: true}]}'],
  ['a comment', 'http: {} # hunter2'],
  ['a secret behind an alias', 'http: {body: &a x, bearer_token: &b hunter2, headers: {X-Key: *b}}'],
  ['a secret under an anchor that is read elsewhere', 'http: {headers: {Host: &a hunter2, X-Key: *a}}'],
  ['a merged secret', 'http: {basic_auth: {<<: {password: hunter2}}}'],
  ['a merged secret that is overridden', 'http: {basic_auth: {<<: {password: hunter2}, password: other}}'],
  ['a merged section that is overridden', 'http: {<<: {basic_auth: {password: hunter2}}, basic_auth: {}}'],
];

for (const [name, module] of secrets) {
  test(`shows no secret: ${name}`, () => {
    const prober = module.slice(0, module.indexOf(':'));
    assert.doesNotMatch(
      shown(`# hunter2\nmodules:\n  m:\n    # hunter2\n    prober: ${prober}\n    ${module}\n`),
      /hunter2/,
    );
  });
}

test('shows the rest as it was written, aliases and merges written out', () => {
  const text = `# a comment
modules:
  a: &a
    prober: http
    timeout: 5s # another
    http: &h
      headers: {Host: "example.com", X-Key: hunter2}
      patterns:
        - '^\\d+$'
        - 5
      body: |
        one
        two
      enable_http2: no
      tls_config:
  b:
    <<: *a
    timeout: 0x5s
`.replace('0x5s', '"10s"');
  const { yaml, modules } = loadModules<unknown>(text, 'test.yml', probers);
  const http = `http:
  headers: { Host: "example.com", X-Key: <secret> }
  patterns:
    - '^\\d+$'
    - 5
  body: |
    one
    two
  enable_http2: no
  tls_config: null
`;
  assert.equal(modules.get('a')?.yaml, `prober: http\ntimeout: 5s\n${http}`);
  assert.equal(modules.get('b')?.yaml, `timeout: "10s"\nprober: http\n${http}`);
  const indented = http.replaceAll(/^(?=.)/gm, '    ');
  assert.equal(
    yaml,
    `modules:\n  a:\n    prober: http\n    timeout: 5s\n${indented}  b:\n    timeout: "10s"\n    prober: http\n${indented}`,
  );
});

test('shows a user, and where a URL leads', () => {
  const text = shown(
    'modules: {m: {prober: http, http: {basic_auth: {username: bob}, proxy: "http://u:p@proxy.example/x"}}}',
  );
  assert.match(text, /username: bob/);
  assert.match(text, /http:\/\/<secret>@proxy\.example\/x/);
});

test('what is shown can be loaded again', () => {
  const text =
    'modules: {m: {prober: tcp, tcp: {query_response: [{expect: "^a: #b", send: "\\r\\n"}, {send: !!binary aGk=}]}}}';
  const { yaml } = loadModules<unknown>(text, 'test.yml', probers);
  const again = loadModules<unknown>(yaml, 'test.yml', probers);
  assert.deepEqual(again.modules.get('m')?.probe, [
    ['^a: #b', Buffer.from('\r\n')],
    [undefined, Buffer.from('hi')],
  ]);
  assert.equal(again.yaml, yaml);
});

test('no mistake quotes a secret', () => {
  const mistakes = [
    'basic_auth: {password: [hunter2]}',
    'basic_auth: hunter2',
    'basic_auth: {pasword: hunter2}',
    'bearer_token: {hunter2: hunter2}'.replace('{hunter2:', '{a:'),
    'oauth2: {client_secret: hunter2}',
    'http_headers: {X-A: hunter2}',
    'proxy: "hunter2"',
    'headers: {X-Key: [hunter2]}',
    'headers: hunter2',
    'tls_config: {key: hunter2}',
  ];
  for (const mistake of mistakes) {
    assert.throws(
      () => shown(`modules: {m: {prober: http, http: {${mistake}}}}`),
      (error: Error) => error.name === 'ConfigError' && !error.message.includes('hunter2'),
      mistake,
    );
  }
});
