import { jwtBearer } from '../../../src/config/oauth2.ts';
import { foreignRoot, identity, valid } from '../../support/identities.ts';
import { type ProxyOptions, serveProxy } from '../../support/proxy-server.ts';
import type { Lifetime } from '../../support/servers.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import { serveTokens, type TokenServer, type TokenServerOptions } from '../../support/token-server.ts';
import type { Marks } from '../mends.ts';
import { type ProbeCase, requestFacts } from '../probe-case.ts';
import { http, type OpenTarget } from '../targets.ts';
import { trusting } from '../tls-cases.ts';

/** A token server's port stands in the configuration: it is there as long as the process, which it does not keep alive. */
const whileProcessLasts: Lifetime = { after: () => {} };

interface Row {
  readonly server?: TokenServerOptions;
  readonly oauth2?: object;
  /** What stands behind the token URL's path. */
  readonly query?: string;
  /** Beside `oauth2`. */
  readonly options?: object;
  readonly open?: OpenTarget;
  readonly differs?: Marks;
}

async function withToken(name: string, row: Row = {}): Promise<ProbeCase> {
  const server = await serveTokens(whileProcessLasts, row.server);
  const oauth2 = {
    client_id: 'client',
    client_secret: 's3cret word',
    token_url: server.url + (row.query ?? ''),
    ...row.oauth2,
  };
  return {
    name,
    module: { prober: 'http', http: { oauth2, ...row.options } },
    target: seenBy(server, row.open ?? http()),
    differs: row.differs ?? uncompressed,
  };
}

const seenBy =
  (server: TokenServer, open: OpenTarget): OpenTarget =>
  async (lifetime) => {
    const { target, seen } = await open(lifetime);
    return { target, seen: async () => [...server.takeRequests().map(requestFacts), ...((await seen?.()) ?? [])] };
  };

const uncompressed: Marks = { 'request 1 header accept-encoding': 'a token is too short to be compressed' };
const twiceUncompressed: Marks = { ...uncompressed, 'request 2 header accept-encoding': 'as the first' };

const rsaKey = identity('oauth2', { key: 'rsa' }).key;
const assertion = { client_secret: undefined, grant_type: jwtBearer, client_certificate_key: rsaKey };

async function proxied(options: ProxyOptions = {}): Promise<object> {
  const { port } = await serveProxy(whileProcessLasts, options);
  return { proxy_url: `http://127.0.0.1:${port}` };
}

const answers = [
  withToken('a token'),
  withToken('a token by a form', {
    server: {
      contentType: 'application/x-www-form-urlencoded',
      answer: 'access_token=a%20b&token_type=Bearer&expires_in=60',
    },
  }),
  withToken('a token of a type of its own', { server: { answer: { access_token: 'abc', token_type: 'DPoP' } } }),
  withToken('a token without a type', { server: { answer: { access_token: 'abc' } } }),
  withToken('a token whose expiry is a text', { server: { answer: { access_token: 'abc', expires_in: '60' } } }),
  withToken('no token', { server: { answer: { token_type: 'bearer' } }, differs: twiceUncompressed }),
  withToken('an answer that is no JSON', { server: { answer: '<html>' }, differs: twiceUncompressed }),
  withToken('an error with status 200', { server: { answer: { error: 'no' } }, differs: twiceUncompressed }),
  withToken('an error', { server: { status: 500, answer: { access_token: 'abc' } }, differs: twiceUncompressed }),
  withToken('a wrong secret', { oauth2: { client_secret: 'wrong' }, differs: twiceUncompressed }),
];

const requests = [
  withToken('scopes', { oauth2: { scopes: ['read', 'write:all'] } }),
  withToken('endpoint_params', { oauth2: { endpoint_params: { audience: "it's *all*/ü", resource: 'b' } } }),
  withToken('a grant of its own', { oauth2: { endpoint_params: { grant_type: 'password' } } }),
  withToken('client_secret_file', {
    oauth2: { client_secret: undefined, client_secret_file: temporaryFile('oauth2-secret', 's3cret word\n') },
  }),
  withToken('the secret among the parameters', { server: { wants: 'parameters' }, differs: twiceUncompressed }),
  withToken('a query in the token URL', { query: '?tenant=a%20b' }),
  withToken('a signed assertion', { oauth2: assertion }),
  withToken('a signed assertion with claims', {
    oauth2: {
      ...assertion,
      client_certificate_key_id: 'key-1',
      signature_algorithm: 'RS512',
      iss: 'issuer',
      audience: 'everybody',
      scopes: ['read'],
      claims: { tenant: 7, sub: 'other', groups: ['a', 'b'], nested: { flag: true } },
    },
  }),
];

const connections = [
  withToken('a token over TLS', { server: { identity: valid() }, oauth2: { tls_config: trusting } }),
  withToken('a token over TLS that is not trusted', {
    server: { identity: valid() },
    oauth2: { tls_config: { ca: foreignRoot.cert } },
    differs: {},
  }),
  proxied().then((proxy) => withToken('a token through a proxy', { oauth2: proxy })),
  proxied().then((proxy) =>
    withToken('a token over TLS through a proxy', {
      server: { identity: valid() },
      oauth2: { tls_config: trusting, ...proxy },
    }),
  ),
  proxied({ refuse: () => ({ status: 403 }) }).then((proxy) =>
    withToken('a proxy that lets no token through', { oauth2: proxy, differs: {} }),
  ),
];

const targets = [
  withToken('an Authorization header beside a token', { options: { headers: { Authorization: 'Basic abc' } } }),
  withToken('a redirect on the same host', {
    open: http(
      (request, response) => void response.writeHead(request.url === '/' ? 302 : 200, { Location: '/b' }).end(),
    ),
  }),
  withToken('a redirect to another host', {
    options: { preferred_ip_protocol: 'ip4' },
    open: async (lifetime) => {
      const next = await http()(lifetime);
      const location = next.target.replace('127.0.0.1', 'localhost');
      const first = await http((_, response) => void response.writeHead(302, { Location: location }).end())(lifetime);
      return { ...first, seen: async () => [...((await first.seen?.()) ?? []), ...((await next.seen?.()) ?? [])] };
    },
  }),
  withToken('a target that refuses the token', { open: http((_, response) => void response.writeHead(401).end()) }),
];

/** Modules with `oauth2`. */
export const oauth2: readonly ProbeCase[] = await Promise.all([...answers, ...requests, ...connections, ...targets]);
