import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, readProxySettings } from '../../src/config/proxy.ts';
import { loadModules } from '../../src/config/modules.ts';
import { probers } from '../../src/probers/index.ts';
import { proxyFor, type ProxySettings, proxyText } from '../../src/net/proxy.ts';
import { mistakesIn, readYaml } from './read-yaml.ts';

const secure = { secure: true, host: 'example.com', port: 443 };
const plain = { secure: false, host: 'example.com', port: 80 };

function read(yaml: string, environment: Environment = {}): ProxySettings | undefined {
  return readYaml(yaml, (section) => readProxySettings(section, environment));
}

function chosen(settings: ProxySettings | undefined, target = plain, address?: string): string | undefined {
  const proxy = proxyFor(settings, target, address);
  return proxy && `${proxyText(proxy)} ${proxy.credentials ?? 'nobody'}`;
}

const fromEnvironment = '{proxy_from_environment: true}';

test('a proxy URL is for both http and https', () => {
  const settings = read('{proxy_url: "http://proxy.test"}');
  assert.equal(chosen(settings), 'http://proxy.test:80 nobody');
  assert.equal(chosen(settings, secure), 'http://proxy.test:80 nobody');
});

test('a proxy URL has the port of its scheme, and its user is decoded', () => {
  assert.equal(chosen(read('{proxy_url: "https://u%40x:p%3A@[2001:db8::1]"}')), 'https://[2001:db8::1]:443 u@x:p:');
  assert.equal(chosen(read('{proxy_url: "socks5h://proxy.test"}')), 'socks5://proxy.test:1080 nobody');
});

test('without exceptions the loopback addresses are behind the proxy, too', () => {
  const local = { secure: false, host: 'localhost', port: 80 };
  assert.equal(chosen(read('{proxy_url: "http://proxy.test"}'), local), 'http://proxy.test:80 nobody');
  assert.equal(chosen(read('{proxy_url: "http://proxy.test", no_proxy: a}'), local), undefined);
});

test('exceptions hold for the name of a target and for its address', () => {
  const settings = read('{proxy_url: "http://proxy.test", no_proxy: "example.com, 10.0.0.0/8"}');
  assert.equal(chosen(settings), undefined);
  assert.equal(chosen(settings, { ...plain, host: 'other.test' }, '10.1.2.3'), undefined);
  assert.notEqual(chosen(settings, { ...plain, host: 'other.test' }, '192.0.2.1'), undefined);
});

test('the environment names proxies, small letters before capitals', () => {
  const settings = read(fromEnvironment, {
    http_proxy: 'proxy.test:3128',
    HTTP_PROXY: 'http://other.test',
    https_proxy: 'http://u:p@secure.test',
    NO_PROXY: '.internal.test',
    ALL_PROXY: 'http://all.test',
  });
  assert.equal(chosen(settings), 'http://proxy.test:3128 nobody');
  assert.equal(chosen(settings, secure), 'http://secure.test:80 u:p');
  assert.equal(chosen(settings, { ...plain, host: 'a.internal.test' }), undefined);
  assert.equal(chosen(settings, { ...plain, host: '127.0.0.1' }), undefined);
});

test('an environment without proxies means none', () => {
  const settings = read(fromEnvironment, { HTTP_PROXY: '', http_proxy: '' });
  assert.equal(chosen(settings), undefined);
  assert.equal(chosen(settings, secure), undefined);
});

test('a proxy of the environment that cannot be one is refused, and named by its variable alone', () => {
  const mistakes = mistakesIn(fromEnvironment, (section) =>
    readProxySettings(section, { HTTPS_PROXY: 'ftp://u:secret@a' }),
  );
  assert.deepEqual(mistakes, [
    '1:26: proxy_from_environment: the variable HTTPS_PROXY must be a URL that begins with http://, https:// or socks5://',
  ]);
});

const refused: readonly (readonly [yaml: string, mistake: string])[] = [
  [
    `{proxy_url: "socks5://${'u'.repeat(256)}@proxy.test"}`,
    '1:13: proxy_url: has a user or password of more than 255 bytes, which SOCKS 5 cannot carry',
  ],
  ['{proxy_url: "proxy.test:3128"}', '1:13: proxy_url: must be a URL that begins with http://, https:// or socks5://'],
  ['{proxy_url: proxy}', '1:13: proxy_url: must be a URL such as http://proxy.example:3128'],
  ['{no_proxy: a}', '1:12: no_proxy: there is no proxy that it could except targets from: give proxy_url'],
  [
    '{proxy_from_environment: true, no_proxy: a}',
    '1:42: no_proxy: with proxy_from_environment the variable NO_PROXY decides: leave no_proxy out',
  ],
  [
    '{proxy_connect_header: {a: [b]}}',
    '1:24: proxy_connect_header: there is no proxy to send it to: give proxy_url or proxy_from_environment',
  ],
  [
    '{proxy_url: "http://a", proxy_connect_header: {"a b": [c]}}',
    '1:55: proxy_connect_header["a b"]: this cannot be the name of a header',
  ],
];

for (const [yaml, mistake] of refused) {
  test(`refuses ${yaml}`, () => {
    assert.deepEqual(
      mistakesIn(yaml, (section) => readProxySettings(section, {})),
      [mistake],
    );
  });
}

test('the user of a proxy and the headers for it are masked wherever the configuration is shown', () => {
  const proxy = 'proxy_url: "http://user:hunter2@proxy.test", proxy_connect_header: {X-Key: [hunter2, b]}';
  const oauth2 = `oauth2: {client_id: a, token_url: "http://u:hunter2@b/", client_secret: hunter2, endpoint_params: {p: hunter2}, ${proxy}}`;
  const text = `modules: {m: {prober: http, http: {${proxy}, ${oauth2}}}}`;
  const { yaml, modules } = loadModules(text, 'test.yml', probers);
  for (const shown of [yaml, modules.get('m')?.yaml ?? assert.fail('no module')]) {
    assert.doesNotMatch(shown, /hunter2/);
    assert.match(shown, /http:\/\/<secret>@proxy\.test/);
  }
});
