import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModules } from '../../src/config/modules.ts';
import { noParameters } from '../../src/config/parameters.ts';
import { probers } from '../../src/probers/index.ts';
import { mistakesOf } from './read-yaml.ts';

const load = (text: string): ReturnType<typeof loadModules> => loadModules(text, 'test.yml', probers);

const http = (parameters: string, section: string): string =>
  `modules:\n  m:\n    prober: http\n    parameters: ${parameters}\n    http: ${section}\n`;

const refused: readonly (readonly [name: string, text: string, ...mistakes: string[]])[] = [
  [
    'a name that no URL has',
    http('{a-b: x, a: x}', '{body: "${param.a}"}'),
    '4:23: modules.m.parameters.a-b: "a-b" is no name of a parameter: write it as a_name1',
    '4:23: modules.m.parameters.a-b: has no place: ${param.a-b} stands nowhere in the module',
  ],
  [
    'a bad expression',
    http("{a: '('}", '{body: "${param.a}"}'),
    '4:21: modules.m.parameters.a: must be a regular expression in RE2 syntax: missing closing ): `(`',
  ],
  [
    'no expression',
    http('{a: {default: x}}', '{body: "${param.a}"}'),
    '4:18: modules.m.parameters.a: regexp must be given: what the values are like',
  ],
  [
    'a default that the expression does not match',
    http("{a: {regexp: '[0-9]+', default: x1}}", '{body: "${param.a}"}'),
    '4:49: modules.m.parameters.a.default: cannot be "x1": the module does not allow it',
  ],
  [
    'a parameter without a place',
    http('{a: x, b: x}', '{body: "${param.a}"}'),
    '4:27: modules.m.parameters.b: has no place: ${param.b} stands nowhere in the module',
  ],
  [
    'a place of no parameter',
    http('{a: x}', '{body: "${param.a} ${param.b}"}'),
    '5:18: modules.m.http.body: the module has no parameter "b"',
  ],
  ...(
    [
      ['a method', '{body: "${param.a}", method: "${param.a}"}', '5:40: modules.m.http.method'],
      [
        'an expression',
        '{body: "${param.a}", fail_if_body_matches_regexp: ["${param.a}"]}',
        '5:62: modules.m.http.fail_if_body_matches_regexp[0]',
      ],
      [
        'a password',
        '{body: "${param.a}", basic_auth: {password: "${param.a}"}}',
        '5:55: modules.m.http.basic_auth.password',
      ],
      ['the name of a file', '{headers: {A: "${param.a}"}, body_file: "${param.a}"}', '5:51: modules.m.http.body_file'],
    ] as const
  ).map(
    ([name, section, place]) =>
      [`a place in ${name}`, http('{a: x}', section), `${place}: no parameter may stand here`] as const,
  ),
];

for (const [name, text, ...mistakes] of refused) {
  test(`refuses ${name}`, () =>
    assert.deepEqual(
      mistakesOf(() => load(text)),
      mistakes.map((mistake) => `test.yml:${mistake}`),
    ));
}

test('a header is a text, also where it could have places', () => {
  const text = 'modules: {m: {prober: http, http: {headers: {A: !!binary "/w=="}}}}';
  assert.deepEqual(
    mistakesOf(() => load(text)),
    ['test.yml:1:58: modules.m.http.headers.A: must be a text: its bytes are not UTF-8'],
  );
});

test('claims of a token have no places either', () => {
  const oauth2 = '{client_id: a, token_url: "http://a/", claims: {tenant: "${param.a}"}}';
  assert.deepEqual(
    mistakesOf(() => load(http('{a: x}', `{body: "\${param.a}", oauth2: ${oauth2}}`))),
    ['test.yml:5:87: modules.m.http.oauth2.claims: no parameter may stand here'],
  );
});

test('a module without parameters has no places, and is warned of', () => {
  const { warnings } = load('modules: {m: {prober: dns, dns: {query_name: "${param.a}"}}}');
  assert.deepEqual(warnings, [
    'test.yml:1:46: modules.m.dns.query_name: ${param.a} has no meaning: the module has no parameters',
  ]);
});

const { parameters } =
  load(http("{a: '[a-z]+|[0-9]', b: {regexp: '.*', default: ''}}", '{body: "${param.a}${param.b}"}')).modules.get(
    'm',
  ) ?? assert.fail();

const requests: readonly (readonly [query: Record<string, string>, values: Record<string, string> | RegExp])[] = [
  [{ param_a: 'xyz' }, { a: 'xyz', b: '' }],
  [
    { param_a: '7', param_b: 'any thing $1 ${param.a}' },
    { a: '7', b: 'any thing $1 ${param.a}' },
  ],
  [
    { param_a: 'x', target: 't', module: 'm', a: 'ignored', PARAM_B: 'ignored' },
    { a: 'x', b: '' },
  ],
  [{}, /^The module needs the parameter param_a$/],
  [{ param_a: '' }, /^The parameter param_a cannot be "": the module does not allow it$/],
  [{ param_a: 'x7' }, /^The parameter param_a cannot be "x7"/],
  [{ param_a: '77' }, /^The parameter param_a cannot be "77"/],
  [{ param_a: 'x\n' }, /^The parameter param_a has a control character$/],
  [{ param_a: 'x', param_b: 'a\r\nX-Admin: 1' }, /^The parameter param_b has a control character$/],
  [{ param_a: 'x', param_b: 'x\0' }, /control character/],
  [{ param_a: 'x', param_b: 'x'.repeat(1025) }, /^The parameter param_b has more than 1024 characters$/],
  [{ param_a: 'x', param_c: '1' }, /^The module has no parameter "c", so that "param_c" cannot be set$/],
  [{ param_a: 'x', param_: '1' }, /^The module has no parameter ""/],
  [{ param_a: 'x', param___proto__: '1' }, /^The module has no parameter "__proto__"/],
];

for (const [query, wanted] of requests) {
  test(`the request ${JSON.stringify(query).slice(0, 60)}`, () => {
    const values = parameters?.read(query) ?? assert.fail();
    if (wanted instanceof RegExp) assert.match(values as string, wanted);
    else assert.deepEqual(values, new Map(Object.entries(wanted)));
  });
}

test('where none is declared none can be set', () => {
  assert.deepEqual(noParameters.read({ target: 'a', other: '1' }), new Map());
  assert.match(noParameters.read({ param_a: '1' }) as string, /^The module has no parameter "a"/);
});
