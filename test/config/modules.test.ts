import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHttpClientSettings } from '../../src/config/http-client.ts';
import { readIpPolicy } from '../../src/config/ip-policy.ts';
import type { ConfigError } from '../../src/config/errors.ts';
import { type LoadedConfig, loadModules } from '../../src/config/modules.ts';
import type { ConfigReader } from '../../src/config/reader.ts';
import { mistakesOf } from './read-yaml.ts';

/** Probers that remember what they read, and probe nothing. */
const probers = {
  http: (section: ConfigReader) => ({
    method: section.string('method', 'GET'),
    codes: section.statusCodes('valid_status_codes'),
    client: readHttpClientSettings(section),
  }),
  tcp: (section: ConfigReader) => ({ policy: readIpPolicy(section), tls: section.boolean('tls', false) }),
};

function load(text: string): LoadedConfig<unknown> {
  return loadModules<unknown>(text, 'blackbox.yml', probers);
}

const mistakes = (text: string): string[] => mistakesOf(() => load(text));

test('modules come with what their prober made of them', () => {
  const { modules, warnings } = load(`
modules:
  web:
    prober: http
    timeout: 5s
    http: {method: POST}
  port:
    prober: tcp
    connection: {close: fin, connect_timeout: 1s}
`);
  assert.deepEqual([...modules.keys()], ['web', 'port']);
  const { yaml: _web, probe, ...web } = modules.get('web') ?? assert.fail();
  assert.deepEqual(web, { name: 'web', prober: 'http', timeout: 5000, connection: { close: 'reset' }, ipInfo: false });
  assert.equal((probe as ReturnType<typeof probers.http>).method, 'POST');
  const { yaml: _port, ...port } = modules.get('port') ?? assert.fail();
  assert.deepEqual(port, {
    name: 'port',
    prober: 'tcp',
    timeout: undefined,
    connection: { close: 'fin', connectTimeout: 1000 },
    ipInfo: false,
    probe: { policy: { preferred: 'ip6', fallback: true }, tls: false },
  });
  assert.deepEqual(warnings, []);
});

test('a timeout of zero is none', () => {
  assert.equal(load('modules: {m: {prober: tcp, timeout: 0s}}').modules.get('m')?.timeout, undefined);
});

test('names may be anything that YAML can write', () => {
  const names = [
    ...load(
      'modules: {1: {prober: tcp}, true: {prober: tcp}, "a b": {prober: tcp}, __proto__: {prober: tcp}}',
    ).modules.keys(),
  ];
  assert.deepEqual(names, ['1', 'true', 'a b', '__proto__']);
});

test('every mistake of a file is told at once, in its order', () => {
  const text = `modules:
  web:
    prober: http
    timeout: 5
    http:
      valid_status_code: [200]
      valid_status_codes: [200, 2xy]
      method: [GET]
      tls_config:
        ca: a
        ca_file: b
        insecure_skip_verify: maybe
      basic_auth:
        pasword: hunter2
        password: [hunter2]
      oauth2:
        client_secret: hunter2
  port:
    prober: tcpp
    tcp:
      preferred_ip_protocol: ip5
    tcp: {}
  names:
    prober: dns
    dns:
      whatever: 1
  nothing:
other: 1
`;
  assert.deepEqual(mistakes(text), [
    'blackbox.yml:4:14: modules.web.timeout: must be a duration with a unit, such as 5s',
    'blackbox.yml:6:7: modules.web.http.valid_status_code: did you mean valid_status_codes?',
    'blackbox.yml:7:33: modules.web.http.valid_status_codes[1]: must be a status code, a class such as 2xx or a range such as 200-299, not "2xy"',
    'blackbox.yml:8:15: modules.web.http.method: must be a text, not a list',
    'blackbox.yml:11:18: modules.web.http.tls_config.ca_file: only one of ca and ca_file may be given',
    'blackbox.yml:12:31: modules.web.http.tls_config.insecure_skip_verify: must be true or false, not the text "maybe"',
    'blackbox.yml:14:9: modules.web.http.basic_auth.pasword: did you mean password?',
    'blackbox.yml:15:19: modules.web.http.basic_auth.password: must be a text, not a list',
    'blackbox.yml:17:9: modules.web.http.oauth2: only one of basic_auth and oauth2 may be given',
    'blackbox.yml:19:13: modules.port.prober: "tcpp" is no prober: did you mean tcp?',
    'blackbox.yml:21:30: modules.port.tcp.preferred_ip_protocol: must be ip4 or ip6 or "", not "ip5"',
    'blackbox.yml:22:5: modules.port.tcp: given more than once',
    'blackbox.yml:24:13: modules.names.prober: prober dns is not supported yet',
    'blackbox.yml:27:3: modules.nothing: prober must be one of http, tcp',
    'blackbox.yml:28:1: other: unknown key',
  ]);
});

test('mistakes come as data, too', () => {
  assert.throws(
    () => load('modules: {m: {prober: tcp, tls: yes}}'),
    (error: ConfigError) => {
      assert.equal(error.name, 'ConfigError');
      assert.equal(error.file, 'blackbox.yml');
      assert.deepEqual(error.mistakes, [{ line: 1, column: 28, path: 'modules.m.tls', message: 'unknown key' }]);
      return true;
    },
  );
});

const refused: readonly (readonly [name: string, text: string, mistake: string])[] = [
  ['an empty file', '', '1:1: the file is empty: it must have modules'],
  ['a file of comments', '# modules:\n', '1:1: the file is empty: it must have modules'],
  ['null', '---\n', '1:1: the file is empty: it must have modules'],
  ['a list', '- a\n', '1:1: must be a mapping with the key modules'],
  ['a text', 'modules\n', '1:1: must be a mapping with the key modules'],
  ['modules in a list', 'modules: [{prober: tcp}]\n', '1:10: modules: must be a mapping, not a list'],
  ['a module that is a text', 'modules: {m: tcp}', '1:14: modules.m: must be a mapping, not a single value'],
  ['a module without a prober', 'modules: {m: {timeout: 5s}}', '1:11: modules.m: prober must be one of http, tcp'],
  ['an empty prober', 'modules: {m: {prober: ""}}', '1:23: modules.m.prober: prober must be one of http, tcp'],
  [
    'a prober by a name that objects have',
    'modules: {m: {prober: constructor}}',
    '1:23: modules.m.prober: "constructor" is no prober: must be one of http, tcp',
  ],
  [
    'a section of a prober to come',
    'modules: {m: {prober: tcp, icmp: {ttl: 5}}}',
    '1:34: modules.m.icmp: prober icmp is not supported yet',
  ],
  [
    'a mistake in a section that is not used',
    'modules: {m: {prober: tcp, http: {method: []}}}',
    '1:43: modules.m.http.method: must be a text, not a list',
  ],
  ['a misplaced key', 'modules: {m: {prober: tcp, tls: yes}}', '1:28: modules.m.tls: unknown key'],
  [
    'two documents',
    'modules: {m: {prober: tcp}}\n---\nmodules: {}\n',
    '3:1: a second YAML document: only one may be in a file',
  ],
];

for (const [name, text, mistake] of refused) {
  test(`refuses ${name}`, () => {
    assert.deepEqual(
      mistakes(text).filter((line) => line.includes(mistake)),
      [`blackbox.yml:${mistake}`],
      mistakes(text).join('\n'),
    );
  });
}

test('a section to come that is null does no harm', () => {
  assert.equal(load('modules: {m: {prober: tcp, dns: }}').modules.size, 1);
});

test('warns of a section that is not used, and of a file without modules', () => {
  assert.deepEqual(load('modules: {m: {prober: tcp, http: {}}}').warnings, [
    'blackbox.yml:1:34: modules.m.http: not used: the prober of this module is tcp',
  ]);
  for (const text of ['{}', 'modules:\n', 'modules: {}\n']) {
    const { modules, warnings } = load(text);
    assert.equal(modules.size, 0);
    assert.deepEqual(warnings, ['blackbox.yml:1:1: there are no modules: no target can be probed'], text);
  }
});

test('a mistake under an anchor is told once', () => {
  const text = 'modules:\n  a: &a {prober: tcp, tcp: {tls: 1}}\n  b: *a\n  c: {<<: *a, timeout: 1s}\n';
  assert.deepEqual(mistakes(text), ['blackbox.yml:2:34: modules.a.tcp.tls: must be true or false, not 1']);
});
