import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadModules } from '../../src/config/modules.ts';
import { probers } from '../../src/probers/index.ts';

const reference = readFileSync('docs/configuration.md', 'utf8');

/** How a key of each section of the reference, with a value, stands in a file. What else it needs stands beside it. */
const places: Readonly<Record<string, (entry: string, key: string) => string>> = {
  'The file': (entry) => `{${entry}}`,
  'A module': (entry, key) => module(key === 'prober' ? entry : `prober: tcp, ${entry}`),
  connection: (entry) => module(`prober: tcp, connection: {${entry}}`),
  parameters: (entry, key) =>
    dns(`query_name: "\${param.a}"`, `parameters: {a: {${key === 'regexp' ? '' : 'regexp: free, '}${entry}}}, `),
  retries: (entry, key) => module(`prober: tcp, retries: {${key === 'attempts' ? '' : 'attempts: 2, '}${entry}}`),
  resolver: (entry) => module(`prober: tcp, resolver: {${entry}}`),
  http,
  'header match': (entry, key) => {
    const others = { header: 'header: a', regexp: 'regexp: b', allow_missing: 'header: a, regexp: b' };
    const other = key === 'header' ? others.regexp : key === 'regexp' ? others.header : others.allow_missing;
    return http(`fail_if_header_matches: [{${entry}, ${other}}]`);
  },
  http_headers: (entry) => http(`http_headers: {X-A: {${entry}}}`),
  basic_auth: (entry) => http(`basic_auth: {${entry}}`),
  authorization: (entry) => http(`authorization: {${entry}}`),
  oauth2: (entry, key) => {
    const needed = ['client_id: a', 'token_url: "http://a/"'].filter((each) => !each.startsWith(`${key}:`));
    return http(`oauth2: {${[...needed, entry].join(', ')}}`);
  },
  tcp,
  step: (entry) => tcp(`query_response: [{${entry}}]`),
  label: (entry, key) => tcp(`query_response: [{expect: a, labels: [{${key === 'name' ? '' : 'name: a, '}${entry}}]}]`),
  dns: (entry, key) => dns(key === 'query_name' ? entry : `query_name: a, ${entry}`),
  'record checks': (entry) => dns(`query_name: a, validate_answer_rrs: {${entry}}`),
  icmp: (entry, key) => module(`prober: icmp, icmp: {${key === 'interval' ? 'count: 2, ' : ''}${entry}}`),
  grpc: (entry) => module(`prober: grpc, grpc: {${entry}}`),
  unix: (entry) => module(`prober: unix, unix: {${entry}}`),
  tls_file: (entry, key) => {
    const needed = key === 'allowed_paths' ? '' : ', allowed_paths: [/a]';
    return module(`prober: tls_file, tls_file: {${entry}${needed}}`);
  },
  websocket: (entry) => module(`prober: websocket, websocket: {${entry}}`),
  tls_config: (entry, key) => {
    const partner = key.startsWith('cert') ? ', key: a' : key.startsWith('key') ? ', cert: a' : '';
    return tcp(`tls_config: {${entry}${partner}}`);
  },
};

function module(entries: string): string {
  return `{modules: {m: {${entries}}}}`;
}

function http(entry: string): string {
  const proxied = /^(no_proxy|proxy_connect_header)/.test(entry) ? 'proxy_url: "http://a:1", ' : '';
  return module(`prober: http, http: {${proxied}${entry}}`);
}

function tcp(entry: string): string {
  return module(`prober: tcp, tcp: {${entry}}`);
}

function dns(entry: string, before = ''): string {
  return module(`${before}prober: dns, dns: {${entry}}`);
}

/** The rows of the reference: section, key, and example. */
function* rows(): Generator<readonly [section: string, key: string, example: string]> {
  let section = '';
  for (const line of reference.split('\n')) {
    section = /^##+ (.*)/.exec(line)?.[1] ?? section;
    const [, key, example] = /^\| `([a-z0-9_]+)` \|.*\| `([^`]+)` \|$/.exec(line) ?? [];
    if (key !== undefined && example !== undefined) yield [section, key, example];
  }
}

test('the reference has a table for every section', () => {
  assert.deepEqual(new Set([...rows()].map(([section]) => section)), new Set(Object.keys(places)));
});

for (const [section, key, example] of rows()) {
  test(`the reference's example of ${key} in ${section} loads`, () => {
    const place = places[section] ?? assert.fail(`${section} has no place in a file`);
    const { warnings } = loadModules(place(`${key}: ${example}`, key), 'example.yml', probers);
    assert.deepEqual(
      warnings.filter((warning) => !/not used|deprecated/.test(warning)),
      [],
    );
  });
}

test('every row of the reference has an example', () => {
  const all = reference.split('\n').filter((line) => /^\| `[a-z0-9_]+` \|/.test(line));
  assert.equal([...rows()].length, all.length);
});
