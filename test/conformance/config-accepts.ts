import { clientOptions } from './client-options.ts';

/** A configuration file, and whether blackbox_exporter 0.28 takes it. */
export interface ConfigCase {
  readonly name: string;
  readonly yaml: string;
  /** What blackbox_exporter says. */
  readonly accepted: boolean;
  /** Why this exporter deliberately says the opposite. */
  readonly differs?: string;
}

const strict = 'what cannot work in any probe is refused at load';
const yaml12 = 'files are read as YAML 1.2, not 1.1';

function module(yaml: string): string {
  return `modules: {m: ${yaml}}`;
}

function section(prober: string): (yaml: string) => string {
  return (yaml) => module(`{prober: ${prober}, ${prober}: ${yaml}}`);
}

const http = section('http');
const tcp = section('tcp');
const tls = (yaml: string): string => tcp(`{tls: true, tls_config: ${yaml}}`);
const step = (yaml: string): string => tcp(`{query_response: [${yaml}]}`);
const regexp = (source: string): string => http(`{fail_if_body_matches_regexp: ['${source}']}`);
const timeout = (yaml: string): string => module(`{prober: tcp, timeout: ${yaml}}`);
const limit = (yaml: string): string => http(`{body_size_limit: ${yaml}}`);
const status = (yaml: string): string => http(`{valid_status_codes: [${yaml}]}`);

type Verdict = 'taken' | 'refused' | { readonly taken: string } | { readonly refused: string };
type Row = readonly [name: string, yaml: string, verdict: Verdict];

const files: readonly Row[] = [
  ['one module', 'modules:\n  m:\n    prober: tcp\n', 'taken'],
  ['JSON', '{"modules":{"m":{"prober":"http","timeout":"5s"}}}', 'taken'],
  ['carriage returns', 'modules:\r\n  m:\r\n    prober: tcp\r\n', 'taken'],
  ['a byte order mark', '\uFEFFmodules:\n  m:\n    prober: tcp\n', 'taken'],
  ['the mark of YAML 1.1', '%YAML 1.1\n---\nmodules: {m: {prober: tcp}}\n', 'taken'],
  ['the end of a document', 'modules: {m: {prober: tcp}}\n...\n', 'taken'],
  ['an empty second document', 'modules: {m: {prober: tcp}}\n---\n', 'taken'],
  ['a second document', 'modules: {m: {prober: tcp}}\n---\nmodules: {n: {prober: tcp}}\n', { taken: strict }],
  ['a flow mapping that ends under its key', 'modules:\n  m: {\n    prober: tcp\n  }\n', 'taken'],
  ['a flow mapping that ends at the margin', 'modules: {\n  m: {prober: tcp}\n}\n', 'taken'],
  ['a flow mapping that is not indented', 'modules:\n  m: {\nprober: tcp\n}\n', { taken: yaml12 }],
  ['an explicit key', 'modules:\n  m:\n    ? prober\n    : tcp\n', 'taken'],
  ['nothing', '', 'refused'],
  ['a comment', '# nothing\n', 'refused'],
  ['an empty document', '---\n', { taken: strict }],
  ['null', 'null\n', { taken: strict }],
  ['no modules key', '{}', 'taken'],
  ['null modules', 'modules:\n', 'taken'],
  ['no modules', 'modules: {}\n', 'taken'],
  ['a list as the file', '- prober: tcp\n', 'refused'],
  ['a text as the file', 'modules\n', 'refused'],
  ['a list of modules', 'modules: [{prober: tcp}]\n', 'refused'],
  ['an unknown key at the top', 'modules: {}\nmodule: {}\n', 'refused'],
  ['tabs as indentation', 'modules:\n\tm:\n\t\tprober: tcp\n', 'refused'],
  ['wrong indentation', 'modules:\n  m:\n    prober: tcp\n   timeout: 5s\n', 'refused'],
  ['a quote that does not end', 'modules:\n  m:\n    prober: "tcp\n', 'refused'],
  ['a mapping in a line of a mapping', 'modules:\n  m:\n    prober: tcp: x\n', 'refused'],
  ['a control character', http('{body: a\u0001b}'), 'refused'],
  ['an unknown escape', http(String.raw`{body: "\q"}`), 'refused'],
  ['an escaped slash, which YAML 1.2 has', http(String.raw`{body: "\/"}`), { refused: yaml12 }],
];

const modules: readonly Row[] = [
  ['a module that is null', module(''), { taken: strict }],
  ['a module without a prober', module('{timeout: 5s}'), { taken: strict }],
  ['a null prober', module('{prober: }'), { taken: strict }],
  ['an unknown prober', module('{prober: TCP}'), { taken: strict }],
  ['a text as a module', module('tcp'), 'refused'],
  ['a list as a module', module('[prober]'), 'refused'],
  ['an unknown key in a module', module('{prober: tcp, probe: tcp}'), 'refused'],
  ['a number as the name of a module', 'modules: {1: {prober: tcp}}', 'taken'],
  ['a list as the name of a module', 'modules: {[a]: {prober: tcp}}', 'refused'],
  ['null as the name of a module', 'modules: {~: {prober: tcp}}', { taken: strict }],
  ['a module given twice', 'modules: {m: {prober: tcp}, m: {prober: tcp}}', 'refused'],
  ['a key given twice', module('{prober: tcp, prober: tcp}'), 'refused'],
  ['a key given twice, once in quotes', module('{prober: tcp, "prober": tcp}'), 'refused'],
  ['a section that is null', module('{prober: tcp, tcp: }'), 'taken'],
  ['a section that is a list', module('{prober: tcp, tcp: []}'), 'refused'],
  ['a section that is a text', module('{prober: tcp, tcp: ""}'), 'refused'],
  ['a section of another prober', module('{prober: tcp, http: {method: POST}}'), 'taken'],
  ['a mistake in a section of another prober', module('{prober: tcp, http: {metod: POST}}'), 'refused'],
  [
    'parameters',
    module('{prober: dns, dns: {query_name: "${param.a}"}, parameters: {a: b}}'),
    { refused: 'an addition' },
  ],
  ['what would be a parameter', module('{prober: dns, dns: {query_name: "${param.a}"}}'), 'taken'],
  ['the retries of a module', module('{prober: tcp, retries: {attempts: 2}}'), { refused: 'an addition' }],
  ['the connection of a module', module('{prober: tcp, connection: {close: fin}}'), { refused: 'an addition' }],
  ['a tag of its own', module('{prober: !mine tcp}'), 'taken'],
  ['a prober in binary', module('{prober: !!binary dGNw}'), 'taken'],
];

const aliases: readonly Row[] = [
  ['an alias', 'modules: {a: &a {prober: tcp}, b: *a}', 'taken'],
  ['an alias for an anchor given twice', 'modules: {a: &a {prober: tcp}, b: &a {prober: http}, c: *a}', 'taken'],
  ['a merge', 'modules: {a: &a {prober: tcp}, b: {<<: *a, timeout: 1s}}', 'taken'],
  [
    'a merge whose keys are overridden',
    'modules: {a: &a {prober: tcp, timeout: 2s}, b: {timeout: 1s, <<: *a}}',
    'taken',
  ],
  ['a merge of a list', 'modules: {a: &a {prober: tcp}, b: {<<: [*a, {timeout: 1s}]}}', 'taken'],
  ['a merge among header names', http('{headers: {<<: {a: b}, c: d}}'), 'taken'],
  ['a merge in quotes', 'modules: {a: &a {prober: tcp}, b: {"<<": *a}}', 'refused'],
  ['a merge of a text', module('{<<: tcp, prober: tcp}'), 'refused'],
  ['a merge of nothing', module('{<<: , prober: tcp}'), 'refused'],
  ['two merges', 'modules: {a: &a {prober: tcp}, b: {<<: *a, <<: *a}}', 'refused'],
  ['an unknown key in a merge', module('{<<: {probe: tcp}, prober: tcp}'), 'refused'],
  ['an alias without an anchor', 'modules: {b: *a}', 'refused'],
  ['a mapping inside itself', 'modules: {a: &a {prober: tcp, tcp: *a}}', 'refused'],
  ['anchors in a key of their own', 'x-anchors: {a: &a {prober: tcp}}\nmodules: {b: *a}', 'refused'],
];

const scalars: readonly Row[] = [
  ['a timeout', timeout('1m30.5s'), 'taken'],
  ['a timeout in quotes', timeout('"500ms"'), 'taken'],
  ['a null timeout', timeout(''), 'taken'],
  ['a timeout of zero', timeout('0s'), 'taken'],
  ['a timeout of zero in quotes', timeout('"0"'), 'taken'],
  ['a timeout without a unit', timeout('5'), 'refused'],
  ['a timeout without a unit in quotes', timeout('"5"'), 'refused'],
  ['a timeout of 0 without a unit', timeout('0'), 'refused'],
  ['a timeout in days', timeout('1d'), 'refused'],
  ['a timeout with a space', timeout('5 s'), 'refused'],
  ['an empty timeout', timeout('""'), 'refused'],
  ['a list as a timeout', timeout('[5s]'), 'refused'],
  ['a timeout of more than 292 years', timeout('2562048h'), 'refused'],
  ['a negative timeout', timeout('-1s'), { taken: strict }],
  ['a size', limit('10MB'), 'taken'],
  ['a size in binary units', limit('1GiB2MiB3KiB4B'), 'taken'],
  ['a fraction of a size', limit('1.5KB'), 'taken'],
  ['a size of 0', limit('0'), 'taken'],
  ['a size without a unit', limit('1024'), 'refused'],
  ['a size in lower case', limit('10mb'), 'refused'],
  ['a size in kB', limit('1kB'), 'refused'],
  ['a size in both kinds of units', limit('1MiB1KB'), 'refused'],
  ['an empty size', limit('""'), 'refused'],
  ['a negative size', limit('-1MB'), { taken: strict }],
  ['yes', tcp('{tls: yes}'), 'taken'],
  ['off', tcp('{tls: Off}'), 'taken'],
  ['yes in quotes', tcp('{tls: "yes"}'), 'taken'],
  ['TRUE', tcp('{tls: TRUE}'), 'taken'],
  ['a boolean by its tag', tcp('{tls: !!bool "true"}'), 'taken'],
  ['a null boolean', tcp('{tls: }'), 'taken'],
  ['true in quotes', tcp('{tls: "true"}'), 'refused'],
  ['an empty boolean', tcp('{tls: ""}'), 'refused'],
  ['1 as a boolean', tcp('{tls: 1}'), 'refused'],
  ['maybe', tcp('{tls: maybe}'), 'refused'],
  ['a boolean whose tag does not fit', tcp('{tls: !!bool yes}'), 'refused'],
  ['numbers as texts', http('{method: GET, headers: {a: 5, b: true, c: 1.50, d: ~}}'), 'taken'],
  ['a list as a text', http('{method: [GET]}'), 'refused'],
  ['a mapping as a text', http('{body: {a: b}}'), 'refused'],
  ['binary data', http('{body: !!binary "aGVsbG8="}'), 'taken'],
  ['binary data that is no Base64', http('{body: !!binary "a"}'), 'refused'],
  ['integers in other bases', status('200, 0xC8, 0o310, 0310, 0b11001000, 2_00, +200'), 'taken'],
  ['a whole number with a fraction of zero', status('200.0, 2e2'), 'taken'],
  ['a null in a list', status('200, ~'), 'taken'],
  ['a number that is not whole', status('200.5'), { taken: strict }],
  ['an integer in quotes', status('"200"'), 'refused'],
  ['a class of status codes', status('2xx'), { refused: 'an addition' }],
  ['a range of status codes', status('200-299'), { refused: 'an addition' }],
  ['an integer in octal with a wrong digit', status('0o8'), 'refused'],
  ['a number too large', status('99999999999999999999'), 'refused'],
  ['a list in a list', status('[200]'), 'refused'],
];

const regexps: readonly Row[] = [
  ['flags, named groups, classes', regexp(String.raw`(?is)^(?P<a>x)(?<b>[[:alpha:]]\pL\p{Greek})\bz{2,5}?$`), 'taken'],
  ['an empty expression', regexp(''), 'taken'],
  ['numbers and booleans as expressions', http('{fail_if_body_matches_regexp: [5, true, ~]}'), 'taken'],
  ['an expression that is no list', http('{fail_if_body_matches_regexp: foo}'), 'refused'],
  ['a group that does not end', regexp('(foo'), 'refused'],
  ['a class that does not end', regexp('[foo'), 'refused'],
  ['look-ahead', regexp('foo(?=bar)'), 'refused'],
  ['look-behind', regexp('(?<=foo)bar'), 'refused'],
  ['a back-reference', regexp(String.raw`(a)\1`), 'refused'],
  ['the escape \\Z', regexp(String.raw`a\Z`), 'refused'],
  ['a possessive repetition', regexp('a++'), 'refused'],
  ['an atomic group', regexp('(?>a)'), 'refused'],
  ['a repetition of more than 1000', regexp('a{1001}'), 'refused'],
  ['a group name given twice', regexp('(?P<a>x)(?P<a>y)'), { taken: 'RE2 itself refuses it' }],
];

const httpCases: readonly Row[] = [
  ['an empty section', http('{}'), 'taken'],
  ['a near miss', http('{valid_status_code: [200]}'), 'refused'],
  ['a key of tcp in http', http('{source_ip_address: 127.0.0.1}'), 'refused'],
  ['one status code that is no list', http('{valid_status_codes: 200}'), 'refused'],
  ['no status codes', http('{valid_status_codes: []}'), 'taken'],
  ['HTTP versions', http('{valid_http_versions: [HTTP/1.0, HTTP/1.1, HTTP/2.0]}'), 'taken'],
  ['HTTP versions that are no list', http('{valid_http_versions: HTTP/1.1}'), 'refused'],
  ['an HTTP version that there is not', http('{valid_http_versions: [HTTP/9]}'), { taken: strict }],
  ['HTTP/3.0 as a version without HTTP/3', http('{valid_http_versions: [HTTP/3.0]}'), 'refused'],
  ['a preferred IP protocol', http('{preferred_ip_protocol: ip4, ip_protocol_fallback: false}'), 'taken'],
  ['an empty preferred IP protocol', http('{preferred_ip_protocol: ""}'), 'taken'],
  ['a wrong preferred IP protocol', http('{preferred_ip_protocol: ipv4}'), { taken: strict }],
  ['a method with a space', http('{method: "GET IT"}'), { taken: strict }],
  ['an empty method', http('{method: ""}'), 'taken'],
  ['a list of headers', http('{headers: [a]}'), 'refused'],
  ['a list as a header', http('{headers: {a: [b]}}'), 'refused'],
  ['null headers', http('{headers: }'), 'taken'],
  ['a header name with a space', http('{headers: {"a b": c}}'), { taken: strict }],
  ['a header given twice', http('{headers: {a: b, a: c}}'), 'refused'],
  ['null as a header name', http('{headers: {~: b}}'), { taken: strict }],
  ['body and body_file', http('{body: x, body_file: /y}'), 'refused'],
  ['an empty body and body_file', http('{body: "", body_file: /y}'), 'taken'],
  ['a body file that is missing', http('{body_file: /nonexistent}'), 'taken'],
  ['a compression', http('{compression: gzip, headers: {Accept-Encoding: "br;q=1.0, gzip;q=0.9"}}'), 'taken'],
  ['any accepted encoding', http('{compression: gzip, headers: {Accept-Encoding: "*"}}'), 'taken'],
  ['a compression that is not accepted', http('{compression: gzip, headers: {accept-encoding: br}}'), 'refused'],
  ['a compression with quality 0', http('{compression: gzip, headers: {Accept-Encoding: "gzip;q=0"}}'), 'refused'],
  ['an unknown compression', http('{compression: zip}'), { taken: strict }],
  ['no_follow_redirects', http('{no_follow_redirects: true}'), 'taken'],
  ['both conditions on TLS', http('{fail_if_ssl: true, fail_if_not_ssl: false}'), 'taken'],
  ['a header match', http('{fail_if_header_matches: [{header: a, regexp: b, allow_missing: true}]}'), 'taken'],
  ['a header match without a regexp', http('{fail_if_header_matches: [{header: a}]}'), 'refused'],
  ['a header match with an empty regexp', http('{fail_if_header_matches: [{header: a, regexp: ""}]}'), 'refused'],
  ['a header match without a header', http('{fail_if_header_not_matches: [{regexp: a}]}'), 'refused'],
  ['a header match that is null', http('{fail_if_header_matches: [~]}'), 'taken'],
  ['a header match that is a text', http('{fail_if_header_matches: [a]}'), 'refused'],
  ['an unknown key in a header match', http('{fail_if_header_matches: [{header: a, regexp: b, value: c}]}'), 'refused'],
];

const clients: readonly Row[] = [
  ['basic_auth', http('{basic_auth: {username: a, password: 12345}}'), 'taken'],
  ['basic_auth from files', http('{basic_auth: {username_file: /a, password_file: /b}}'), 'taken'],
  ['an empty basic_auth', http('{basic_auth: {}}'), 'taken'],
  ['username and username_file', http('{basic_auth: {username: a, username_file: /b}}'), 'refused'],
  ['password and password_file', http('{basic_auth: {password: a, password_file: /b}}'), 'refused'],
  ['an empty password and password_file', http('{basic_auth: {password: "", password_file: /b}}'), 'taken'],
  ['a list as a password', http('{basic_auth: {password: [a]}}'), 'refused'],
  ['an unknown key in basic_auth', http('{basic_auth: {user: a}}'), 'refused'],
  ['password_ref', http('{basic_auth: {password_ref: a}}'), { taken: strict }],
  ['authorization', http('{authorization: {type: Token, credentials: a}}'), 'taken'],
  ['an empty authorization', http('{authorization: {}}'), 'taken'],
  ['authorization of type Basic', http('{authorization: {type: " basic ", credentials: a}}'), 'refused'],
  ['credentials and credentials_file', http('{authorization: {credentials: a, credentials_file: /b}}'), 'refused'],
  ['credentials_ref', http('{authorization: {credentials_ref: a}}'), { taken: strict }],
  ['authorization and basic_auth', http('{authorization: {credentials: a}, basic_auth: {}}'), 'refused'],
  ['bearer_token', http('{bearer_token: a}'), 'taken'],
  ['bearer_token_file', http('{bearer_token_file: /a}'), 'taken'],
  ['bearer_token and bearer_token_file', http('{bearer_token: a, bearer_token_file: /a}'), 'refused'],
  ['bearer_token and basic_auth', http('{bearer_token: a, basic_auth: {}}'), 'refused'],
  ['bearer_token and authorization', http('{bearer_token: a, authorization: {}}'), 'refused'],
  ['bearer_token and a null basic_auth', http('{bearer_token: a, basic_auth: }'), 'taken'],
  ['redirects and HTTP/2 off', http('{follow_redirects: no, enable_http2: false}'), 'taken'],
  ['http_headers', http('{http_headers: {X-A: {values: [a, 5], secrets: [b], files: [/c]}}}'), 'taken'],
  ['http_headers without values', http('{http_headers: {X-A: , X-B: {}}}'), 'taken'],
  ['a reserved header', http('{http_headers: {user-agent: {values: [a]}}}'), 'refused'],
  ['a text in http_headers', http('{http_headers: {X-A: a}}'), 'refused'],
  ['an unknown key in http_headers', http('{http_headers: {X-A: {value: a}}}'), 'refused'],
  ['one value that is no list', http('{http_headers: {X-A: {values: a}}}'), 'refused'],
  ['a name with a space in http_headers', http('{http_headers: {"X A": {values: [a]}}}'), { taken: strict }],
];

const tlsCases: readonly Row[] = [
  ['every key', tls('{ca_file: /a, cert_file: /b, key_file: /c, server_name: d, insecure_skip_verify: true}'), 'taken'],
  ['an empty tls_config', tls('{}'), 'taken'],
  ['a null tls_config', tls(''), 'taken'],
  ['a list as tls_config', tls('[]'), 'refused'],
  ['an unknown key in tls_config', tls('{insecure: true}'), 'refused'],
  ['ca and ca_file', tls('{ca: a, ca_file: /b}'), 'refused'],
  ['an empty ca and ca_file', tls('{ca: "", ca_file: /b}'), 'taken'],
  ['a certificate without a key', tls('{cert_file: /a}'), 'refused'],
  ['a key without a certificate', tls('{key_file: /a}'), 'refused'],
  ['a certificate in a file and a key that is not', tls('{cert_file: /a, key: b}'), 'taken'],
  ['key and key_file', tls('{cert_file: /a, key: b, key_file: /c}'), 'refused'],
  ['cert and cert_file', tls('{cert: a, cert_file: /b, key: c}'), 'refused'],
  ['ca_ref', tls('{ca_ref: a}'), { taken: strict }],
  ['TLS versions', tls('{min_version: TLS10, max_version: TLS13}'), 'taken'],
  ['one TLS version', tls('{min_version: TLS12, max_version: TLS12}'), 'taken'],
  ['a null TLS version', tls('{min_version: }'), 'taken'],
  ['an empty TLS version', tls('{min_version: ""}'), 'refused'],
  ['a TLS version in lower case', tls('{min_version: tls12}'), 'refused'],
  ['a TLS version with a dot', tls('{min_version: TLS1.2}'), 'refused'],
  ['no TLS version between the bounds', tls('{min_version: TLS13, max_version: TLS12}'), { taken: strict }],
  ['verification in quotes', tls('{insecure_skip_verify: "false"}'), 'refused'],
];

const tcpCases: readonly Row[] = [
  ['a dialogue', step('{expect: "^220 ", send: "QUIT\\r"}, {starttls: true}, {expect_bytes: "OK"}, {}'), 'taken'],
  ['a step that is null', step('~, {send: a}'), 'taken'],
  ['labels', step('{expect: "(a)", labels: [{name: a, value: "${1}"}]}'), 'taken'],
  ['a step that is a text', step('QUIT'), 'refused'],
  ['steps that are no list', tcp('{query_response: {expect: a}}'), 'refused'],
  ['an unknown key in a step', step('{expects: a}'), 'refused'],
  ['an unknown key in a label', step('{expect: a, labels: [{label: a, value: b}]}'), 'refused'],
  ['expect and expect_bytes', step('{expect: a, expect_bytes: b}'), 'refused'],
  ['an empty expect and expect_bytes', step('{expect: "", expect_bytes: b}'), 'refused'],
  ['an empty expect_bytes and expect', step('{expect: a, expect_bytes: ""}'), 'taken'],
  ['an expression with a mistake', step('{expect: "a("}'), 'refused'],
  ['a label name with a dash', step('{expect: a, labels: [{name: a-b, value: c}]}'), { taken: strict }],
  ['send_bytes', step('{send_bytes: "\\\\x00"}'), { refused: 'an addition' }],
  ['a secret step', step('{send: a, secret: true}'), { refused: 'an addition' }],
  ['a source address', tcp('{source_ip_address: 127.0.0.1}'), 'taken'],
  ['an empty source address', tcp('{source_ip_address: ""}'), 'taken'],
  ['a name as a source address', tcp('{source_ip_address: localhost}'), { taken: strict }],
  ['a near miss in tcp', tcp('{query_responses: []}'), 'refused'],
  ['tls inside a step', step('{expect: a, tls: true}'), 'refused'],
];

function configCase([name, yaml, verdict]: Row): ConfigCase {
  if (typeof verdict === 'string') {
    return { name, yaml, accepted: verdict === 'taken' };
  }
  return 'taken' in verdict
    ? { name, yaml, accepted: true, differs: verdict.taken }
    : { name, yaml, accepted: false, differs: verdict.refused };
}

/** Configurations to load in both exporters. */
export const configCases: readonly ConfigCase[] = [
  ...files,
  ...modules,
  ...aliases,
  ...scalars,
  ...regexps,
  ...httpCases,
  ...clients,
  ...tlsCases,
  ...tcpCases,
  ...clientOptions.map(([name, options, verdict]): Row => [name, http(options), verdict]),
].map(configCase);
