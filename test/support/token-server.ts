import { createPublicKey, createVerify } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Identity } from './certificates.ts';
import { type Lifetime, listen, type SeenRequest } from './servers.ts';

export interface TokenServerOptions {
  /** With it the server speaks TLS. */
  readonly identity?: Identity;
  /** Where it looks for the client's password: by default in the header. */
  readonly wants?: 'header' | 'parameters';
  readonly status?: number;
  readonly contentType?: string;
  /** How long its tokens are good for, in seconds; an hour without it. */
  readonly expiresIn?: number;
  /** Gives a token of its own to each request: `token-1`, `token-2`, ...; without it all get `the-token`. */
  readonly numbered?: boolean;
  /** Its answer, as JSON or as a text, in place of a token. */
  readonly answer?: object | string;
  /** Assertions must be signed (RS256) with the key of this certificate. */
  readonly verifiedBy?: string;
  /** Leaves requests without an answer. */
  readonly silent?: boolean;
}

export interface TokenServer {
  readonly url: string;
  /** What has been asked of it since the last call. */
  takeRequests(): SeenRequest[];
}

/** A token endpoint (RFC 6749, section 3.2) for the client `client` with the password `s3cret word`. It keeps no process alive. */
export async function serveTokens(lifetime: Lifetime, options: TokenServerOptions = {}): Promise<TokenServer> {
  let requests: SeenRequest[] = [];
  let issued = 0;
  const { identity, wants = 'header', silent = false } = options;
  const answer = (request: http.IncomingMessage, response: http.ServerResponse, body: string): void => {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    requests.push({
      method: request.method ?? '',
      url: request.url ?? '',
      version: request.httpVersion,
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: withoutAssertion(body),
    });
    if (silent) return;
    const form = new URLSearchParams(body);
    const assertion = form.get('assertion');
    if (assertion === null ? !isClient(request, form, wants) : !isSigned(assertion, options.verifiedBy)) {
      response.writeHead(401, { 'Content-Type': 'application/json' }).end('{"error":"invalid_client"}');
      return;
    }
    issued += 1;
    const { status = 200, contentType = 'application/json', expiresIn = 3600, numbered = false } = options;
    const token = numbered ? `token-${issued}` : 'the-token';
    const given = options.answer ?? { access_token: token, token_type: 'bearer', expires_in: expiresIn };
    response.writeHead(status, { 'Content-Type': contentType });
    response.end(typeof given === 'string' ? given : JSON.stringify(given));
  };
  const listener = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
  };
  const server =
    identity === undefined
      ? http.createServer(listener)
      : https.createServer({ cert: identity.chain, key: identity.key }, listener);
  server.unref();
  const { address } = await listen(lifetime, server);
  return {
    url: `${identity === undefined ? 'http' : 'https'}://${address}/token`,
    takeRequests: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
  };
}

const basic = `Basic ${Buffer.from('client:s3cret+word').toString('base64')}`;

function isClient({ headers }: http.IncomingMessage, form: URLSearchParams, wants: 'header' | 'parameters'): boolean {
  if (wants === 'header') return headers.authorization === basic;
  return form.get('client_id') === 'client' && form.get('client_secret') === 's3cret word';
}

/** What an assertion says, in place of the assertion itself, which is another each time. */
function withoutAssertion(body: string): string {
  return body.replace(/assertion=([^&]*)/, (_, token: string) => {
    const [header, claims] = token.split('.', 2).map(parsePart);
    const { jti, iat, exp, ...rest } = claims ?? {};
    const times = { lifetime: Number(exp) - Number(iat), jti: typeof jti };
    return `assertion=${JSON.stringify({ header: sorted(header ?? {}), claims: sorted({ ...rest, ...times }) })}`;
  });
}

function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isSigned(token: string, certificate: string | undefined): boolean {
  if (certificate === undefined) return true;
  const [header = '', claims = '', signature = ''] = token.split('.');
  return createVerify('RSA-SHA256')
    .update(`${header}.${claims}`)
    .verify(createPublicKey(certificate), signature, 'base64url');
}

function parsePart(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}
