import { temporaryFile } from '../../support/temporary-files.ts';
import { reached } from '../mends.ts';
import type { ProbeCase } from '../probe-case.ts';
import { answerWith, answerWithStatus, http as server, httpModule as module, raw, refused } from '../targets.ts';

const statuses: ProbeCase[] = [
  200, 201, 202, 204, 206, 299, 300, 304, 400, 401, 403, 404, 418, 429, 500, 502, 503, 599, 999,
].map((code) => ({ name: `status ${code}`, module: module(), target: server(answerWithStatus(code)) }));

const validStatuses: ProbeCase[] = [
  {
    name: '404 where 404 is valid',
    module: module({ valid_status_codes: [404] }),
    target: server(answerWithStatus(404)),
  },
  {
    name: '200 where 404 is valid',
    module: module({ valid_status_codes: [404] }),
    target: server(answerWithStatus(200)),
  },
  {
    name: '503 among several',
    module: module({ valid_status_codes: [200, 404, 503] }),
    target: server(answerWithStatus(503)),
  },
  {
    name: 'an empty list of statuses',
    module: module({ valid_status_codes: [] }),
    target: server(answerWithStatus(201)),
  },
  {
    name: '304 where 304 is valid',
    module: module({ valid_status_codes: [304] }),
    target: server(answerWithStatus(304)),
  },
  {
    name: '401 where 401 is valid',
    module: module({ valid_status_codes: [401] }),
    target: server(answerWithStatus(401)),
  },
];

const methods: ProbeCase[] = [
  ...['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PURGE', 'get', 'post'].map((method) => ({
    name: `method ${method}`,
    module: module({ method }),
    target: server(),
  })),
  { name: 'an empty method', module: module({ method: '' }), target: server() },
  {
    name: 'HEAD with a content length',
    module: module({ method: 'HEAD' }),
    target: server(answerWith({ 'Content-Length': '4711' }, '')),
  },
];

const requestBodies: ProbeCase[] = [
  ...['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({
    name: `${method} with a body`,
    module: module({ method, body: '{"a": "b\u00e9"}', headers: { 'Content-Type': 'application/json' } }),
    target: server(),
  })),
  { name: 'POST with an empty body', module: module({ method: 'POST', body: '' }), target: server() },
  {
    name: 'a body from a file',
    module: module({ method: 'POST', body_file: temporaryFile('request-body', 'from a file\n') }),
    target: server(),
  },
  {
    name: 'a body from a file that is empty',
    module: module({ method: 'POST', body_file: temporaryFile('empty-request-body', '') }),
    target: server(),
  },
  {
    name: 'a body from a file that is missing',
    module: module({ method: 'POST', body_file: '/nonexistent/body' }),
    target: server(),
  },
  {
    name: 'a body of 300 KB',
    module: module({ method: 'POST', body: 'x'.repeat(300_000) }),
    target: server(),
  },
];

const checks: ProbeCase[] = [
  { name: 'fail_if_ssl over plain http', module: module({ fail_if_ssl: true }), target: server() },
  { name: 'fail_if_not_ssl over plain http', module: module({ fail_if_not_ssl: true }), target: server() },
  {
    name: 'fail_if_not_ssl after a bad status',
    module: module({ fail_if_not_ssl: true }),
    target: server(answerWithStatus(500)),
  },
  { name: 'HTTP/1.1 is valid', module: module({ valid_http_versions: ['HTTP/1.1'] }), target: server() },
  { name: 'HTTP/1.1 is not valid', module: module({ valid_http_versions: ['HTTP/2.0'] }), target: server() },
  {
    name: 'HTTP/1.0 is valid',
    module: module({ valid_http_versions: ['HTTP/1.0'] }),
    target: raw('HTTP/1.0 200 OK\r\n\r\nbody'),
  },
  {
    name: 'HTTP/1.0 is not valid',
    module: module({ valid_http_versions: ['HTTP/1.1', 'HTTP/2.0'] }),
    target: raw('HTTP/1.0 200 OK\r\n\r\nbody'),
  },
];

const connections: ProbeCase[] = [
  { name: 'nobody listens', differs: reached('connect'), module: module(), target: refused('http://') },
  { name: 'nobody listens on https', differs: reached('connect'), module: module(), target: refused('https://') },
  { name: 'preferred_ip_protocol ip4', module: module({ preferred_ip_protocol: 'ip4' }), target: server() },
  {
    name: 'an IPv4 address where only IPv6 is allowed',
    module: module({ preferred_ip_protocol: 'ip6', ip_protocol_fallback: false }),
    target: server(),
  },
  {
    name: 'an IPv4 address without fallback',
    module: module({ preferred_ip_protocol: 'ip4', ip_protocol_fallback: false }),
    target: server(),
  },
  {
    name: 'a server that never answers',
    module: module({}, { timeout: '300ms' }),
    target: raw('', 'keep'),
  },
  {
    name: 'a server that stops within the head',
    module: module({}, { timeout: '300ms' }),
    target: raw('HTTP/1.1 200 OK\r\nContent-Le', 'keep'),
  },
  {
    name: 'a server that stops within the body',
    module: module({}, { timeout: '300ms' }),
    target: raw('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', 'keep'),
  },
  {
    name: 'a server that stops within the body that is checked',
    module: module({ fail_if_body_matches_regexp: ['x'] }, { timeout: '300ms' }),
    target: raw('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', 'keep'),
  },
];

export const http: readonly ProbeCase[] = [
  ...statuses,
  ...validStatuses,
  ...methods,
  ...requestBodies,
  ...checks,
  ...connections,
];
