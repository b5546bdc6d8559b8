import { root } from '../../support/identities.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import { namedReferer, reached } from '../mends.ts';
import type { ProbeCase } from '../probe-case.ts';
import { chain, plainServer, secureServer, site, siteModule as module, twoSites } from '../sites.ts';

const sentAgain: ProbeCase[] = [
  {
    name: 'headers are sent again',
    module: module({ headers: { 'X-One': '1', Accept: 'text/html', Cookie: 'own=1' } }),
    target: site(chain(1)),
  },
  {
    name: 'a Host header and a relative Location',
    module: module({ headers: { Host: 'virtual.test' } }),
    target: site(chain(1)),
  },
  {
    name: 'a Host header and an absolute Location',
    module: module({ headers: { Host: 'virtual.test' } }),
    target: site({ '/': [302, 'http://127.0.0.1:{port}/next'] }),
  },
  {
    name: 'the hostname parameter and a relative Location',
    module: module(),
    target: site(chain(1)),
    query: { hostname: 'virtual.test' },
  },
  {
    name: 'basic_auth on the same host',
    module: module({ basic_auth: { username: 'u', password: 'p' } }),
    target: site(chain(1)),
  },
  {
    name: 'basic_auth on another port',
    module: module({ basic_auth: { username: 'u', password: 'p' } }),
    target: twoSites(plainServer, plainServer, 'http://127.0.0.1:{port}/next'),
  },
  {
    name: 'basic_auth on another host',
    module: module({ basic_auth: { username: 'u', password: 'p' } }),
    target: twoSites(plainServer, plainServer, 'http://localhost:{port}/next'),
  },
  {
    name: 'bearer_token on another host',
    module: module({ bearer_token: 't' }),
    target: twoSites(plainServer, plainServer, 'http://localhost:{port}/next'),
  },
  {
    name: 'an Authorization header on the same host',
    module: module({ headers: { Authorization: 'Custom x' } }),
    target: site(chain(1)),
  },
  {
    name: 'an Authorization header on another host',
    module: module({ headers: { Authorization: 'Custom x', 'X-Key': 'k' } }),
    target: twoSites(plainServer, plainServer, 'http://localhost:{port}/next'),
  },
  {
    name: 'an Authorization header on another port',
    module: module({ headers: { Authorization: 'Custom x' } }),
    target: twoSites(plainServer, plainServer, 'http://127.0.0.1:{port}/next'),
  },
  {
    name: 'a user in the URL on the same host',
    module: module(),
    target: site(chain(1), { host: 'user:pass@127.0.0.1' }),
  },
  {
    name: 'a Cookie header on another host',
    module: module({ headers: { Cookie: 'own=1' } }),
    target: twoSites(plainServer, plainServer, 'http://localhost:{port}/next'),
  },
];

const cookies: ProbeCase[] = [
  { name: 'a cookie', module: module(), target: site({ '/': [302, '/a', { 'Set-Cookie': 'a=1' }] }) },
  {
    name: 'two cookies',
    module: module(),
    target: site({ '/': [302, '/a', { 'Set-Cookie': ['a=1', 'b=2; Path=/'] }] }),
  },
  {
    name: 'a cookie beside one of the module',
    module: module({ headers: { Cookie: 'own=1' } }),
    target: site({ '/': [302, '/a', { 'Set-Cookie': 'a=1' }] }),
  },
  {
    name: 'a cookie that replaces one',
    module: module(),
    target: site({
      '/': [302, '/a', { 'Set-Cookie': 'a=1; Path=/' }],
      '/a': [302, '/b', { 'Set-Cookie': 'a=2; Path=/' }],
    }),
  },
  {
    name: 'a cookie that expires',
    module: module(),
    target: site({
      '/': [302, '/a', { 'Set-Cookie': 'a=1; Path=/' }],
      '/a': [302, '/b', { 'Set-Cookie': 'a=; Path=/; Max-Age=0' }],
    }),
  },
  {
    name: 'a cookie of another path',
    module: module(),
    target: site({ '/': [302, '/a', { 'Set-Cookie': ['a=1; Path=/other', 'b=2; Path=/a'] }] }),
  },
  {
    name: 'a cookie for https only',
    module: module(),
    target: site({ '/': [302, '/a', { 'Set-Cookie': 'a=1; Secure' }] }),
  },
  {
    name: 'a cookie for http only',
    module: module(),
    target: site({ '/': [302, '/a', { 'Set-Cookie': 'a=1; HttpOnly; SameSite=Strict' }] }),
  },
  {
    name: 'a cookie of another domain',
    module: module(),
    target: site({ '/': [302, '/a', { 'Set-Cookie': 'a=1; Domain=example.test' }] }),
  },
  {
    name: 'a cookie in quotes',
    module: module(),
    target: site({ '/': [302, '/a', { 'Set-Cookie': 'a="1 2"; Path=/' }] }),
  },
  {
    name: 'a cookie on another port',
    module: module(),
    target: twoSites(plainServer, plainServer, 'http://127.0.0.1:{port}/next', '127.0.0.1', {
      'Set-Cookie': 'a=1; Path=/',
    }),
  },
  {
    name: 'a cookie on another host',
    module: module(),
    target: twoSites(plainServer, plainServer, 'http://localhost:{port}/next', '127.0.0.1', {
      'Set-Cookie': 'a=1; Path=/',
    }),
  },
  {
    name: 'a cookie of a name',
    differs: namedReferer,
    module: module(),
    target: site({ '/': [302, '/a', { 'Set-Cookie': 'a=1' }] }, { host: 'localhost' }),
  },
  {
    name: 'a broken cookie',
    module: module(),
    target: site({ '/': [302, '/a', { 'Set-Cookie': ['=x', 'novalue', 'ok=1'] }] }),
  },
];

const secure = { tls_config: { ca: root.cert } };

const schemes: ProbeCase[] = [
  {
    name: 'from http to https',
    module: module(secure),
    target: twoSites(plainServer, secureServer, 'https://127.0.0.1:{port}/next'),
  },
  {
    name: 'from https to http',
    module: module(secure),
    target: twoSites(secureServer, plainServer, 'http://127.0.0.1:{port}/next'),
  },
  {
    name: 'from https to https',
    module: module(secure),
    target: twoSites(secureServer, secureServer, 'https://127.0.0.1:{port}/next'),
  },
  {
    name: 'from https to https of another host',
    module: module(secure),
    target: twoSites(secureServer, secureServer, 'https://localhost:{port}/next'),
  },
  {
    name: 'from https of a name to an address',
    differs: namedReferer,
    module: module(secure),
    target: twoSites(secureServer, secureServer, 'https://127.0.0.1:{port}/next', 'localhost'),
  },
  {
    name: 'from http to https, untrusted',
    differs: reached('tls'),
    module: module(),
    target: twoSites(plainServer, secureServer, 'https://127.0.0.1:{port}/next'),
  },
  {
    name: 'from http to https, fail_if_ssl',
    module: module({ ...secure, fail_if_ssl: true }),
    target: twoSites(plainServer, secureServer, 'https://127.0.0.1:{port}/next'),
  },
  {
    name: 'from https to http, fail_if_not_ssl',
    module: module({ ...secure, fail_if_not_ssl: true }),
    target: twoSites(secureServer, plainServer, 'http://127.0.0.1:{port}/next'),
  },
  {
    name: 'from http to https, not followed',
    module: module({ ...secure, follow_redirects: false, fail_if_not_ssl: true, valid_status_codes: [302] }),
    target: twoSites(plainServer, secureServer, 'https://127.0.0.1:{port}/next'),
  },
  {
    name: 'https that is not followed',
    module: module({ ...secure, follow_redirects: false }),
    target: twoSites(secureServer, plainServer, 'http://127.0.0.1:{port}/next'),
  },
  {
    name: 'credentials from https to http of the same host',
    differs: { 'request 2 header authorization': 'credentials are not sent on in plain text' },
    module: module({ ...secure, basic_auth: { username: 'u', password: 'p' } }),
    target: twoSites(secureServer, plainServer, 'http://127.0.0.1:{port}/next'),
  },
  {
    name: 'a secure cookie from https to https',
    module: module(secure),
    target: twoSites(secureServer, secureServer, 'https://127.0.0.1:{port}/next', '127.0.0.1', {
      'Set-Cookie': 'a=1; Secure',
    }),
  },
  {
    name: 'a body file and 307',
    module: module({ method: 'POST', body_file: temporaryFile('redirected-body', 'from a file') }),
    target: site({ '/': [307, '/next'] }),
  },
  {
    name: 'server_name over a redirect to another host',
    module: module({ tls_config: { ca: root.cert, server_name: 'localhost' } }),
    target: twoSites(secureServer, secureServer, 'https://127.0.0.1:{port}/next'),
  },
  {
    name: 'a Host header over a redirect between https',
    module: module({ ...secure, headers: { Host: 'localhost' } }),
    target: twoSites(secureServer, secureServer, 'https://127.0.0.1:{port}/next'),
  },
];

/** What goes along over redirects: headers, credentials, cookies, TLS. */
export const carried: readonly ProbeCase[] = [...sentAgain, ...cookies, ...schemes];
