import { expired, root, valid } from '../../support/identities.ts';
import { serveHttp2, serveTls, type Handler } from '../../support/servers.ts';
import { reached } from '../mends.ts';
import { requestFacts, type ProbeCase } from '../probe-case.ts';
import { http2 as server, https, type OpenTarget } from '../targets.ts';

const trusting = { tls_config: { ca: root.cert } };
const module = (options: object = {}, rest: object = {}) => ({
  prober: 'http',
  http: { ...trusting, ...options },
  ...rest,
});

const status =
  (code: number, headers: Record<string, string> = {}, body?: string): Handler =>
  (_request, response) =>
    void response.writeHead(code, headers).end(body);

/** `/` redirects to `/next`. */
const redirect =
  (code: number): OpenTarget =>
  async (lifetime) => {
    const opened = await serveHttp2(lifetime, valid(), (request, response) => {
      if (request.url === '/') response.writeHead(code, { Location: '/next' }).end();
      else response.end('done');
    });
    return { target: `${opened.origin}/`, seen: async () => opened.takeRequests().map(requestFacts) };
  };

/** A server that agrees on HTTP/2 and then sends `bytes`. */
const garbled =
  (bytes: Buffer, ending: 'end' | 'keep'): OpenTarget =>
  async (lifetime) => {
    const listening = await serveTls(
      lifetime,
      valid(),
      (socket) => {
        socket.resume();
        if (ending === 'end') socket.end(bytes);
        else socket.write(bytes);
      },
      { ALPNProtocols: ['h2'] },
    );
    return { target: `https://${listening.address}/` };
  };

const settings = Buffer.from('000000040000000000', 'hex');
const goAway = Buffer.from('0000080700000000000000000000000001', 'hex');

/** Ends the request's stream with an HTTP/2 error code. */
const resetStream =
  (code: number): Handler =>
  (request) => {
    if ('stream' in request) request.stream.close(code);
  };

export const http2: readonly ProbeCase[] = [
  { name: 'a request', module: module(), target: server(valid()) },
  { name: 'enable_http2 false', module: module({ enable_http2: false }), target: server(valid()) },
  {
    name: 'a server of HTTP/2 only',
    module: module(),
    target: server(valid(), undefined, { allowHTTP1: false } as object),
  },
  {
    name: 'a server of HTTP/2 only, enable_http2 false',
    module: module({ enable_http2: false }, { timeout: '2s' }),
    target: server(valid(), undefined, { allowHTTP1: false } as object),
  },
  { name: 'a server of HTTP/1.1 only', module: module(), target: https(valid()) },
  { name: 'a server without ALPN', module: module(), target: https(valid(), undefined, { ALPNProtocols: [] }) },
  { name: 'HTTP/2.0 is valid', module: module({ valid_http_versions: ['HTTP/2.0'] }), target: server(valid()) },
  { name: 'HTTP/2.0 is not valid', module: module({ valid_http_versions: ['HTTP/1.1'] }), target: server(valid()) },
  {
    name: 'HTTP/1.1 is not valid',
    module: module({ valid_http_versions: ['HTTP/2.0'], enable_http2: false }),
    target: server(valid()),
  },
  { name: 'expired', differs: reached('connect', 'tls'), module: module(), target: server(expired()) },
  {
    name: 'expired, unverified',
    module: module({ tls_config: { insecure_skip_verify: true } }),
    target: server(expired()),
  },
  { name: 'TLS 1.2', module: module(), target: server(valid(), undefined, { maxVersion: 'TLSv1.2' }) },
  ...[204, 304, 404, 500].map((code) => ({
    name: `status ${code}`,
    module: module(),
    target: server(valid(), status(code)),
  })),
  {
    name: 'a content length',
    module: module(),
    target: server(valid(), status(200, { 'Content-Length': '4' }, 'body')),
  },
  { name: 'an empty body', module: module(), target: server(valid(), status(200)) },
  {
    name: 'a body shorter than its length',
    module: module(),
    target: server(valid(), status(200, { 'Content-Length': '9' }, 'body')),
  },
  { name: 'HEAD', module: module({ method: 'HEAD' }), target: server(valid(), status(200)) },
  {
    name: 'HEAD with a length',
    module: module({ method: 'HEAD' }),
    target: server(valid(), status(200, { 'Content-Length': '4711' })),
  },
  { name: 'POST with a body', module: module({ method: 'POST', body: 'a body' }), target: server(valid()) },
  { name: 'POST without a body', module: module({ method: 'POST' }), target: server(valid()) },
  {
    name: 'POST with a body of 300 KB',
    module: module({ method: 'POST', body: 'x'.repeat(300_000) }),
    target: server(valid()),
  },
  { name: 'a large answer', module: module(), target: server(valid(), status(200, {}, 'x'.repeat(500_000))) },
  {
    name: 'a large answer above the limit',
    module: module({ body_size_limit: '10KB' }),
    target: server(valid(), status(200, {}, 'x'.repeat(500_000))),
  },
  {
    name: 'an expression on the body',
    module: module({ fail_if_body_not_matches_regexp: ['^body$'] }),
    target: server(valid(), status(200, {}, 'body')),
  },
  {
    name: 'an expression on a header',
    module: module({ fail_if_header_not_matches: [{ header: 'X-A', regexp: '^b$' }] }),
    target: server(valid(), status(200, { 'X-A': 'b' })),
  },
  {
    name: 'Last-Modified',
    module: module(),
    target: server(valid(), status(200, { 'Last-Modified': 'Sun, 06 Nov 1994 08:49:37 GMT' })),
  },
  {
    name: 'headers of the module',
    module: module({ headers: { 'X-One': '1', Accept: 'text/html', 'user-agent': 'mine' } }),
    target: server(valid()),
  },
  {
    name: 'Connection and TE among the headers',
    module: module({ headers: { Connection: 'keep-alive', TE: 'trailers' } }),
    target: server(valid()),
  },
  { name: 'basic_auth', module: module({ basic_auth: { username: 'u', password: 'p' } }), target: server(valid()) },
  { name: 'a Host header', module: module({ headers: { Host: 'localhost' } }), target: server(valid()) },
  { name: 'fail_if_ssl', module: module({ fail_if_ssl: true }), target: server(valid()) },
  ...[301, 303, 307].map((code) => ({ name: `${code}`, module: module(), target: redirect(code) })),
  { name: '307 after POST with a body', module: module({ method: 'POST', body: 'b' }), target: redirect(307) },
  { name: '302 that is not followed', module: module({ follow_redirects: false }), target: redirect(302) },
  { name: 'a cancelled stream', module: module({}, { timeout: '2s' }), target: server(valid(), resetStream(8)) },
  {
    name: 'a stream with an internal error',
    module: module({}, { timeout: '2s' }),
    target: server(valid(), resetStream(2)),
  },
  { name: 'a connection that ends', module: module({}, { timeout: '2s' }), target: garbled(Buffer.alloc(0), 'end') },
  { name: 'settings, then the end', module: module({}, { timeout: '2s' }), target: garbled(settings, 'end') },
  { name: 'settings, then silence', module: module({}, { timeout: '400ms' }), target: garbled(settings, 'keep') },
  {
    name: 'settings, then GOAWAY',
    module: module({}, { timeout: '2s' }),
    target: garbled(Buffer.concat([settings, goAway]), 'end'),
  },
  {
    name: 'an answer of HTTP/1.1',
    module: module({}, { timeout: '2s' }),
    target: garbled(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), 'end'),
  },
  { name: 'silence', module: module({}, { timeout: '400ms' }), target: garbled(Buffer.alloc(0), 'keep') },
];
