import { temporaryFile } from '../../support/temporary-files.ts';
import type { ProbeCase } from '../probe-case.ts';
import { answerWith, answerWithStatus, http as server, httpModule as module } from '../targets.ts';

const requestHeaders: ProbeCase[] = [
  {
    name: 'headers of the module',
    module: module({ headers: { 'X-One': '1', 'x-two': 'zwei', Accept: 'text/html' } }),
    target: server(),
  },
  { name: 'a User-Agent of the module', module: module({ headers: { 'user-agent': 'mine' } }), target: server() },
  { name: 'an Accept-Language', module: module({ headers: { 'Accept-Language': 'en-US' } }), target: server() },
  { name: 'an empty header value', module: module({ headers: { 'X-Empty': '' } }), target: server() },
  {
    name: 'a header value with spaces around',
    module: module({ headers: { 'X-Space': '  a b  ' } }),
    target: server(),
  },
  {
    name: 'a header value beyond ASCII',
    module: module({ headers: { 'X-Letters': 'gr\u00fc\u00df' } }),
    target: server(),
  },
  {
    name: 'Content-Length among the headers',
    module: module({ headers: { 'Content-Length': '5' } }),
    target: server(),
  },
  {
    name: 'Transfer-Encoding among the headers',
    module: module({ headers: { 'Transfer-Encoding': 'chunked' } }),
    target: server(),
  },
  { name: 'a Cookie of the module', module: module({ headers: { Cookie: 'a=b; c=d' } }), target: server() },
  { name: 'a Host header', module: module({ headers: { Host: 'virtual.test' } }), target: server() },
  { name: 'a Host header in lower case', module: module({ headers: { host: 'virtual.test:81' } }), target: server() },
  { name: 'the hostname parameter', module: module(), target: server(), query: { hostname: 'virtual.test' } },
  {
    name: 'the hostname parameter and the same Host',
    module: module({ headers: { Host: 'same.test' } }),
    target: server(),
    query: { hostname: 'same.test' },
  },
  {
    name: 'the hostname parameter and another Host',
    module: module({ headers: { Host: 'one.test' } }),
    target: server(),
    query: { hostname: 'other.test' },
  },
  {
    name: 'an empty hostname parameter',
    module: module({ headers: { Host: 'one.test' } }),
    target: server(),
    query: { hostname: '' },
  },
];

const check = (kind: 'matches' | 'not_matches', ...list: object[]) => module({ [`fail_if_header_${kind}`]: list });

const headerChecks: ProbeCase[] = [
  {
    name: 'a header that must not match does',
    module: check('matches', { header: 'X-A', regexp: 'b+' }),
    target: server(answerWith({ 'X-A': 'abb' })),
  },
  {
    name: 'a header that must not match does not',
    module: check('matches', { header: 'X-A', regexp: '^z' }),
    target: server(answerWith({ 'X-A': 'abb' })),
  },
  {
    name: 'a header that must not match is missing',
    module: check('matches', { header: 'X-A', regexp: 'a' }),
    target: server(),
  },
  {
    name: 'a header that must not match may be missing',
    module: check('matches', { header: 'X-A', regexp: 'a', allow_missing: true }),
    target: server(),
  },
  {
    name: 'a header that must match does',
    module: check('not_matches', { header: 'x-a', regexp: 'b+' }),
    target: server(answerWith({ 'X-A': 'abb' })),
  },
  {
    name: 'a header that must match does not',
    module: check('not_matches', { header: 'X-A', regexp: '^z' }),
    target: server(answerWith({ 'X-A': 'abb' })),
  },
  {
    name: 'a header that must match is missing',
    module: check('not_matches', { header: 'X-A', regexp: 'a' }),
    target: server(),
  },
  {
    name: 'a header that must match may be missing',
    module: check('not_matches', { header: 'X-A', regexp: 'a', allow_missing: true }),
    target: server(),
  },
  {
    name: 'one of several values of a header matches',
    module: check('not_matches', { header: 'X-A', regexp: '^two$' }),
    target: server(answerWith({ 'X-A': ['one', 'two'] })),
  },
  {
    name: 'one of several cookies must not match',
    module: check('matches', { header: 'Set-Cookie', regexp: '^b=' }),
    target: server(answerWith({ 'Set-Cookie': ['a=1', 'b=2'] })),
  },
  {
    name: 'the second of two header checks fails',
    module: check('not_matches', { header: 'X-A', regexp: 'a' }, { header: 'X-B', regexp: 'a' }),
    target: server(answerWith({ 'X-A': 'a', 'X-B': 'b' })),
  },
  {
    name: 'a header check after a bad status',
    module: check('not_matches', { header: 'X-A', regexp: 'a' }),
    target: server(answerWithStatus(500)),
  },
  {
    name: 'a Date header must match',
    module: check('not_matches', { header: 'Date', regexp: 'GMT$' }),
    target: server(),
  },
];

const lastModified = (value: string): ProbeCase => ({
  name: `Last-Modified ${value}`,
  module: module(),
  target: server(answerWith({ 'Last-Modified': value })),
});

const modified: ProbeCase[] = [
  'Sun, 06 Nov 1994 08:49:37 GMT',
  'Sunday, 06-Nov-94 08:49:37 GMT',
  'Sun Nov  6 08:49:37 1994',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 +0200',
  'Mon, 06 Nov 1994 08:49:37 GMT',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Sun, 06 Nov 2094 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 CET',
  'Sun, 31 Feb 1994 08:49:37 GMT',
  '1994-11-06T08:49:37Z',
  'yesterday',
  '',
].map(lastModified);

const credentials: ProbeCase[] = [
  {
    name: 'basic_auth',
    module: module({ basic_auth: { username: 'user', password: 'p\u00e4ss:word' } }),
    target: server(),
  },
  { name: 'basic_auth without a password', module: module({ basic_auth: { username: 'user' } }), target: server() },
  {
    name: 'basic_auth with files',
    module: module({
      basic_auth: {
        username_file: temporaryFile('username', ' file-user\n'),
        password_file: temporaryFile('password', ' file-password \n'),
      },
    }),
    target: server(),
  },
  {
    name: 'basic_auth with a missing password file',
    module: module({ basic_auth: { username: 'user', password_file: '/nonexistent/password' } }),
    target: server(),
  },
  { name: 'bearer_token', module: module({ bearer_token: 'to.ken' }), target: server() },
  {
    name: 'bearer_token_file',
    module: module({ bearer_token_file: temporaryFile('token', 'from-file\n') }),
    target: server(),
  },
  { name: 'authorization', module: module({ authorization: { credentials: 'abc' } }), target: server() },
  {
    name: 'authorization of another type',
    module: module({ authorization: { type: 'Token', credentials: 'abc' } }),
    target: server(),
  },
  {
    name: 'authorization from a file',
    module: module({ authorization: { type: 'Key', credentials_file: temporaryFile('credentials', '\nxyz\n') } }),
    target: server(),
  },
  {
    name: 'authorization from a missing file',
    module: module({ authorization: { credentials_file: '/nonexistent/credentials' } }),
    target: server(),
  },
  {
    name: 'an Authorization header beside basic_auth',
    module: module({ basic_auth: { username: 'user', password: 'x' }, headers: { Authorization: 'Custom y' } }),
    target: server(),
  },
];

export const headers: readonly ProbeCase[] = [...requestHeaders, ...headerChecks, ...modified, ...credentials];
