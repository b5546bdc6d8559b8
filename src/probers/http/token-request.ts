import { type ClientCredentials, jwtBearer, type OAuth2Settings } from '../../config/oauth2.ts';
import { Connector } from '../../net/connector.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { authority, basicCredentials } from '../../net/proxy.ts';
import type { NameResolver } from '../../net/resolve.ts';
import type { ConnectionSettings, IpPolicy } from '../../net/settings.ts';
import { userAgent } from '../../version.ts';
import { exchange, type HttpResponse, type ResponseSink } from './exchange.ts';
import { signAssertion } from './assertion.ts';
import { askedProxy, chooseRoute, openRoute } from './route.ts';
import { readToken, type Token } from './token-response.ts';
import type { ProbeSignal } from '../../net/abort.ts';

export type { Token } from './token-response.ts';
export { TokenRefusal } from './token-response.ts';

/** Where a client's name and password stand in a request (RFC 6749, section 2.3.1). */
export type ClientAuthentication = 'header' | 'parameters';

export interface TokenRequest {
  readonly authentication: ClientAuthentication;
  /** The client's password, or its key. */
  readonly secret: string;
  readonly policy: IpPolicy;
  readonly connection: ConnectionSettings;
  readonly resolver: NameResolver;
}

/**
 * Asks for a token (RFC 6749, section 4.4; RFC 7523, section 2.1), over a connection that is no part of the probe's own.
 * Throws ProbeFailure in phase `request`; TokenRefusal when the server answers, but gives no token.
 */
export async function askForToken(
  settings: OAuth2Settings,
  request: TokenRequest,
  signal: ProbeSignal,
): Promise<Token> {
  const connector = new Connector(request.connection, signal, request.resolver);
  const sink = new TokenSink();
  try {
    const response = await post(settings, request, connector, sink, signal);
    return readToken(response, sink.bytes());
  } catch (error) {
    if (!(error instanceof ProbeFailure) || error.phase === 'request') throw error;
    const reason = error.reason === 'timeout' || error.reason === 'cancelled' ? error.reason : 'oauth2';
    throw new ProbeFailure('request', reason, `Cannot ask for a token: ${error.message}`, { cause: error });
  } finally {
    await connector.close();
  }
}

async function post(
  settings: OAuth2Settings,
  request: TokenRequest,
  connector: Connector,
  sink: TokenSink,
  signal: ProbeSignal,
): Promise<HttpResponse> {
  const { tokenUrl: url, tls, proxy } = settings;
  const body = Buffer.from(formEncode(parameters(settings, request)));
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const target = { secure, host, port: url.port === '' ? (secure ? 443 : 80) : Number(url.port) };
  const routes = { ...(proxy !== undefined && { proxy }), tls, policy: request.policy };
  const route = await chooseRoute(routes, target, true, (name) => connector.resolve(name, request.policy));
  const connection = await openRoute(connector, route, target, routes, signal);
  if (secure) await connection.startTls({ settings: tls, host, alpn: ['http/1.1'] });
  const asked = askedProxy(route, target);
  const path = `${url.pathname}${url.search}`;
  const headers = requestHeaders(settings, request, url);
  if (asked?.credentials !== undefined) {
    headers.push('Proxy-Authorization', basicCredentials(asked.credentials));
  }
  const { response, failure } = await exchange(
    connection,
    {
      origin: new URL(url.origin),
      path: asked === undefined ? path : `http://${authority(target.host, target.port)}${path}`,
      method: 'POST',
      headers,
      body,
      close: request.connection.close === 'fin',
    },
    sink,
    signal,
  );
  if (failure !== undefined) throw failure;
  if (!sink.wantsMore) throw new ProbeFailure('response', 'too_large', `The answer is larger than ${maxAnswer} bytes`);
  return response;
}

function requestHeaders({ grant }: OAuth2Settings, { authentication, secret }: TokenRequest, url: URL): string[] {
  const headers = ['Host', url.host, 'User-Agent', userAgent, 'Content-Type', 'application/x-www-form-urlencoded'];
  if (grant.type !== jwtBearer && authentication === 'header') {
    headers.push('Authorization', basicCredentials(`${escape(grant.clientId)}:${escape(secret)}`));
  }
  return headers;
}

function parameters({ grant, scopes, endpointParams }: OAuth2Settings, request: TokenRequest): Map<string, string> {
  const sent = new Map<string, string>([['grant_type', grant.type]]);
  if (scopes.length > 0) sent.set('scope', scopes.join(' '));
  if (grant.type === jwtBearer) sent.set('assertion', signAssertion(grant, scopes, request.secret));
  else for (const [name, value] of clientParameters(grant, request)) sent.set(name, value);
  for (const [name, value] of endpointParams) sent.set(name, value);
  return sent;
}

function* clientParameters(
  { clientId }: ClientCredentials,
  { authentication, secret }: TokenRequest,
): Generator<readonly [string, string]> {
  if (authentication === 'header') return;
  yield ['client_id', clientId];
  if (secret !== '') yield ['client_secret', secret];
}

/** A form, its fields sorted by name. */
function formEncode(fields: ReadonlyMap<string, string>): string {
  const names = [...fields.keys()].sort();
  return names.map((name) => `${escape(name)}=${escape(fields.get(name) ?? '')}`).join('&');
}

/** As Go's url.QueryEscape, since servers compare what they get: a space as `+`, everything but `-_.~` escaped. */
function escape(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

const maxAnswer = 1024 * 1024;

class TokenSink implements ResponseSink {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  get wantsMore(): boolean {
    return this.#length <= maxAnswer;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  answered(): void {}

  start(): void {}

  write(chunk: Buffer): undefined {
    this.#length += chunk.length;
    this.#chunks.push(chunk);
  }
}
