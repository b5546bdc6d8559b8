import { namedReferer } from '../mends.ts';
import type { ProbeCase } from '../probe-case.ts';
import { chain, site, siteModule as module } from '../sites.ts';
import { raw } from '../targets.ts';

const statuses: ProbeCase[] = [301, 302, 303, 307, 308].flatMap((status) => [
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE'].map((method) => ({
    name: `${status} after ${method}`,
    module: module({ method }),
    target: site({ '/': [status, '/next'] }),
  })),
  {
    name: `${status} after POST with a body`,
    module: module({ method: 'POST', body: 'a body', headers: { 'Content-Type': 'text/plain' } }),
    target: site({ '/': [status, '/next'] }),
  },
  {
    name: `${status} that is not followed`,
    module: module({ follow_redirects: false }),
    target: site({ '/': [status, '/next'] }),
  },
  {
    name: `${status} that is valid and not followed`,
    module: module({ follow_redirects: false, valid_status_codes: [status] }),
    target: site({ '/': [status, '/next'] }),
  },
]);

const otherStatuses: ProbeCase[] = [201, 300, 304, 305, 306].map((status) => ({
  name: `${status} with a Location`,
  module: module(),
  target: site({ '/': [status, '/next'] }),
}));

const locations: ProbeCase[] = [
  { name: 'a relative Location', module: module(), target: site({ '/a/b': [302, 'c?d=e'] }, { path: '/a/b' }) },
  { name: 'a Location above', module: module(), target: site({ '/a/b/c': [302, '../d'] }, { path: '/a/b/c' }) },
  { name: 'a Location of a query only', module: module(), target: site({ '/a': [302, '?b=c'] }, { path: '/a' }) },
  { name: 'a Location without a scheme', module: module(), target: site({ '/': [302, '//127.0.0.1:{port}/next'] }) },
  { name: 'an absolute Location', module: module(), target: site({ '/': [302, 'http://127.0.0.1:{port}/next'] }) },
  { name: 'a Location with a fragment', module: module(), target: site({ '/': [302, '/next#there'] }) },
  { name: 'a fragment that is inherited', module: module(), target: site({ '/': [302, '/next'] }, { path: '/#here' }) },
  { name: 'a Location with a space', module: module(), target: site({ '/': [302, '/a b'] }) },
  {
    name: 'a Location with bytes beyond ASCII',
    module: module(),
    target: raw('HTTP/1.1 302 Found\r\nLocation: /gr\xfc\xdf\r\nContent-Length: 0\r\n\r\n'),
  },
  {
    name: 'a Location with a user',
    module: module(),
    target: site({ '/': [302, 'http://user:pass@127.0.0.1:{port}/next'] }),
  },
  { name: 'a name as Location', module: module(), target: site({ '/': [302, 'http://localhost:{port}/next'] }) },
  {
    name: 'an address as Location of a name',
    differs: namedReferer,
    module: module(),
    target: site({ '/': [302, 'http://127.0.0.1:{port}/next'] }, { host: 'localhost' }),
  },
  {
    name: 'a relative Location of a name',
    differs: namedReferer,
    module: module(),
    target: site({ '/': [302, '/next'] }, { host: 'localhost' }),
  },
  {
    name: 'an absolute Location of a name',
    differs: namedReferer,
    module: module(),
    target: site({ '/': [302, 'http://localhost:{port}/next'] }, { host: 'localhost' }),
  },
  { name: 'no Location', module: module(), target: site({ '/': [302] }) },
  {
    name: 'no Location where 302 is valid',
    module: module({ valid_status_codes: [302] }),
    target: site({ '/': [302] }),
  },
  { name: 'no Location after 307', module: module({ method: 'POST', body: 'b' }), target: site({ '/': [307] }) },
  { name: 'an empty Location', module: module({}, { timeout: '2s' }), target: site({ '/': [302, ''] }) },
  { name: 'a broken escape in Location', module: module(), target: site({ '/': [302, '/%zz'] }) },
  { name: 'a broken host in Location', module: module(), target: site({ '/': [302, 'http://%zz/'] }) },
  { name: 'a broken port in Location', module: module(), target: site({ '/': [302, 'http://127.0.0.1:port/'] }) },
  { name: 'a Location of ftp', module: module(), target: site({ '/': [302, 'ftp://127.0.0.1/'] }) },
  { name: 'a Location of mailto', module: module(), target: site({ '/': [302, 'mailto:a@example.test'] }) },
  {
    name: 'a Location to a port where nobody listens',
    module: module(),
    target: site({ '/': [302, 'http://127.0.0.1:1/'] }),
  },
  {
    name: 'a Location to a name that does not exist',
    module: module({}, { timeout: '1s' }),
    target: site({ '/': [302, 'http://no-such-name.invalid/'] }),
  },
  {
    name: 'two Locations',
    module: module(),
    target: raw(
      'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nLocation: http://127.0.0.1:2/\r\nContent-Length: 0\r\n\r\n',
    ),
  },
];

const chains: ProbeCase[] = [
  { name: 'two redirects', module: module(), target: site(chain(2)) },
  { name: 'ten redirects', module: module(), target: site(chain(10)) },
  { name: 'eleven redirects', module: module(), target: site(chain(11)) },
  {
    name: 'eleven redirects where 302 is valid',
    module: module({ valid_status_codes: [302] }),
    target: site(chain(11)),
  },
  { name: 'a redirect to itself', module: module(), target: site({ '/': [302, '/'] }) },
  { name: 'a redirect to and fro', module: module(), target: site({ '/': [302, '/a'], '/a': [302, '/'] }) },
  { name: 'a redirect to an error', module: module(), target: site({ '/': [302, '/a'], '/a': [503] }) },
  { name: 'no_follow_redirects', module: module({ no_follow_redirects: true }), target: site(chain(1)) },
  { name: 'no_follow_redirects that is false', module: module({ no_follow_redirects: false }), target: site(chain(1)) },
  {
    name: '307 and then 303 after POST',
    module: module({ method: 'POST', body: 'b' }),
    target: site({ '/': [307, '/a'], '/a': [303, '/b'], '/b': [307, '/c'] }),
  },
  {
    name: 'header checks see the last answer',
    module: module({ fail_if_header_not_matches: [{ header: 'X-Hop', regexp: 'last' }] }),
    target: site({ '/': [302, '/a', { 'X-Hop': 'first' }], '/a': [200, undefined, { 'X-Hop': 'last' }] }),
  },
  {
    name: 'body checks see the last answer',
    module: module({ fail_if_body_not_matches_regexp: ['answer to /1$'] }),
    target: site(chain(1)),
  },
  {
    name: 'body checks of a redirect that is not followed',
    module: module({ follow_redirects: false, valid_status_codes: [302], fail_if_body_not_matches_regexp: ['answer'] }),
    target: site(chain(1)),
  },
  {
    name: 'header checks of a redirect that is not followed',
    module: module({
      follow_redirects: false,
      valid_status_codes: [302],
      fail_if_header_not_matches: [{ header: 'Location', regexp: '^/1$' }],
    }),
    target: site(chain(1)),
  },
  {
    name: 'Last-Modified of a redirect that is not followed',
    module: module({ follow_redirects: false }),
    target: site({ '/': [302, '/a', { 'Last-Modified': 'Sun, 06 Nov 1994 08:49:37 GMT' }] }),
  },
  {
    name: 'compression of a redirect that is not followed',
    module: module({ follow_redirects: false, compression: 'gzip', valid_status_codes: [302] }),
    target: site(chain(1)),
  },
];

export const redirects: readonly ProbeCase[] = [...statuses, ...otherStatuses, ...locations, ...chains];
