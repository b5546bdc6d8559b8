const strict = 'what cannot work in any probe is refused at load';
const quic = 'the runtime has no QUIC';
const parser = 'the library does not know quoted names: body["a-b"] does the same';
const looser = 'numbers that are no body are compared as those of bodies are';

/** What both exporters say, or what blackbox_exporter says and why this one says the opposite. */
type Verdict = 'taken' | 'refused' | { readonly taken: string } | { readonly refused: string };
type Row = readonly [name: string, options: string, verdict: Verdict];

const cel = (expression: string): string => `{fail_if_body_json_matches_cel: ${JSON.stringify(expression)}}`;
const oauth2 = (more: string): string => `{oauth2: {client_id: a, token_url: "http://c", ${more}}}`;
const jwt = 'grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer"';

const celOptions: readonly Row[] = [
  ['a CEL expression', cel('body.a == 1'), 'taken'],
  ['a negated CEL expression', '{fail_if_body_json_not_matches_cel: "body.a == 1"}', 'taken'],
  ['no CEL expression', '{fail_if_body_json_matches_cel: }', 'taken'],
  ['an empty CEL expression', cel(''), 'refused'],
  ['a list as a CEL expression', '{fail_if_body_json_matches_cel: [a]}', 'refused'],
  ['a CEL expression that does not end', cel('body.a =='), 'refused'],
  ['a CEL expression with a bracket too few', cel('(body.a == 1'), 'refused'],
  ['a CEL expression with an unknown name', cel('bdy.a == 1'), 'refused'],
  ['a CEL expression with an unknown function', cel('body.a.sum() == 1'), 'refused'],
  ['a CEL expression with an argument too many', cel('size(body, 1) == 1'), 'refused'],
  ['a CEL expression that adds a text and a number', cel('"a" + 1 == "a1"'), 'refused'],
  ['a CEL expression that compares a text and a number', cel('"a" == 1'), 'refused'],
  ['a CEL expression that adds a size and a fraction', cel('size(body) + 1.5 > 2.0'), 'refused'],
  ['a CEL expression that negates a text', cel('!"a"'), 'refused'],
  ['a CEL expression with two kinds of choices', cel('body.a ? 1 : "a"'), 'refused'],
  ['a macro without its name', cel('body.all(1, true)'), 'refused'],
  ['has() of no field', cel('has(body)'), 'refused'],
  ['a CEL expression in more lines', cel('body.a == 1 && // one\nbody.b == 2'), 'taken'],
  ['a CEL expression that gives a number', cel('1 + 1'), { taken: strict }],
  ['a CEL expression that gives a list', cel('body.filter(x, x)'), { taken: strict }],
  ['a CEL expression with a quoted name', cel('body.`a-b` == 1'), { taken: parser }],
  ['a CEL expression that compares a whole number and a fraction', cel('1 < 1.5'), { refused: looser }],
];

const oauth2Options: readonly Row[] = [
  ['oauth2', oauth2('client_secret: b'), 'taken'],
  ['a null oauth2', '{oauth2: }', 'taken'],
  ['oauth2 without a secret', oauth2(''), 'taken'],
  ['oauth2 without anything', '{oauth2: {}}', 'refused'],
  ['oauth2 without a client', '{oauth2: {token_url: "http://c"}}', 'refused'],
  ['oauth2 without a token URL', '{oauth2: {client_id: a}}', 'refused'],
  ['oauth2 with a secret and its file', oauth2('client_secret: b, client_secret_file: /b'), 'refused'],
  ['oauth2 with client_secret_ref', oauth2('client_secret_ref: b'), { taken: strict }],
  ['oauth2 with scopes', oauth2('scopes: [a, b], endpoint_params: {c: d}'), 'taken'],
  ['oauth2 with one scope that is no list', oauth2('scopes: a'), 'refused'],
  ['oauth2 with scopes twice', oauth2('scopes: [a], endpoint_params: {scope: b}'), { taken: strict }],
  ['oauth2 with its own TLS and proxy', oauth2('tls_config: {server_name: d}, proxy_url: "http://e"'), 'taken'],
  ['oauth2 with no_proxy alone', oauth2('no_proxy: d'), 'refused'],
  ['oauth2 with a mistake in tls_config', oauth2('tls_config: {min_version: X}'), 'refused'],
  ['oauth2 with an unknown key', oauth2('auth_style: 1'), 'refused'],
  ['oauth2 with an unknown grant', oauth2('grant_type: password'), { taken: strict }],
  ['oauth2 with the usual grant', oauth2('grant_type: client_credentials'), 'taken'],
  ['oauth2 with a token URL of another scheme', '{oauth2: {client_id: a, token_url: "ftp://c"}}', { taken: strict }],
  ['oauth2 with an assertion', oauth2(`${jwt}, client_certificate_key_file: /k, claims: {d: [1]}`), 'taken'],
  ['oauth2 with an assertion without a key', oauth2(jwt), { taken: strict }],
  ['oauth2 with two keys', oauth2(`${jwt}, client_certificate_key: k, client_certificate_key_file: /k`), 'refused'],
  ['oauth2 with RS512', oauth2(`${jwt}, client_certificate_key: k, signature_algorithm: RS512`), 'taken'],
  ['oauth2 with ES256', oauth2(`${jwt}, client_certificate_key: k, signature_algorithm: ES256`), 'refused'],
  ['oauth2 with claims that are a list', oauth2(`${jwt}, client_certificate_key: k, claims: [a]`), 'refused'],
  ['oauth2 and basic_auth', '{oauth2: {client_id: a, token_url: "http://c"}, basic_auth: {}}', 'refused'],
  ['oauth2 and authorization', '{oauth2: {client_id: a, token_url: "http://c"}, authorization: {}}', 'refused'],
  ['oauth2 and bearer_token', '{oauth2: {client_id: a, token_url: "http://c"}, bearer_token: a}', 'refused'],
];

const proxyOptions: readonly Row[] = [
  ['a proxy', '{proxy_url: "http://u:p@proxy:3128"}', 'taken'],
  ['a proxy over TLS', '{proxy_url: "https://proxy"}', 'taken'],
  ['a SOCKS proxy', '{proxy_url: "socks5://proxy:1080"}', 'taken'],
  ['a SOCKS proxy by its other name', '{proxy_url: "socks5h://proxy:1080"}', 'taken'],
  ['a proxy that is no URL', '{proxy_url: "::::"}', 'refused'],
  ['a proxy with a space', '{proxy_url: "http://a b"}', 'refused'],
  ['a proxy without a scheme', '{proxy_url: "proxy:3128"}', { taken: strict }],
  ['a proxy of another scheme', '{proxy_url: "ftp://proxy"}', { taken: strict }],
  ['a proxy without a host', '{proxy_url: "http://"}', { taken: strict }],
  ['an empty proxy', '{proxy_url: "", no_proxy: ""}', 'taken'],
  ['no_proxy', '{proxy_url: "http://a", no_proxy: "10.0.0.0/8, .b"}', 'taken'],
  ['a list as no_proxy', '{proxy_url: "http://a", no_proxy: [b]}', 'refused'],
  ['no_proxy without a proxy', '{no_proxy: a}', 'refused'],
  ['no_proxy with an empty proxy', '{no_proxy: a, proxy_url: ""}', 'taken'],
  ['no proxy from the environment', '{proxy_from_environment: false}', 'taken'],
  ['a proxy from the environment', '{proxy_from_environment: true, proxy_url: ""}', 'taken'],
  ['two proxies', '{proxy_from_environment: true, proxy_url: "http://a"}', 'refused'],
  ['no_proxy beside the environment', '{proxy_from_environment: true, no_proxy: a}', 'refused'],
  ['proxy headers', '{proxy_url: "http://a", proxy_connect_header: {b: [c, d]}}', 'taken'],
  ['proxy headers with the environment', '{proxy_from_environment: true, proxy_connect_header: {a: [b]}}', 'taken'],
  ['a proxy header that is no list', '{proxy_url: "http://a", proxy_connect_header: {b: c}}', 'refused'],
  ['no proxy headers without a proxy', '{proxy_connect_header: {}}', 'taken'],
  ['proxy headers without a proxy', '{proxy_connect_header: {a: [b]}}', 'refused'],
  ['a proxy header with a space', '{proxy_url: "http://a", proxy_connect_header: {"b c": [d]}}', { taken: strict }],
  [
    'a proxy header with a line break',
    '{proxy_url: "http://a", proxy_connect_header: {b: ["c\\nd"]}}',
    { taken: strict },
  ],
  ['skip_resolve_phase_with_proxy', '{skip_resolve_phase_with_proxy: true, proxy_url: "http://a"}', 'taken'],
  ['skip_resolve_phase_with_proxy without a proxy', '{skip_resolve_phase_with_proxy: true}', 'taken'],
];

const http3Options: readonly Row[] = [
  ['no HTTP/3', '{enable_http3: false}', 'taken'],
  ['HTTP/3', '{enable_http3: true, enable_http2: false}', { taken: quic }],
  ['HTTP/3 and HTTP/2', '{enable_http3: true}', 'refused'],
];

/** `http` sections about proxies, tokens, CEL and HTTP/3. */
export const clientOptions: readonly Row[] = [...celOptions, ...oauth2Options, ...proxyOptions, ...http3Options];
