import type { ProxySettings } from '../net/proxy.ts';
import type { Material, TlsSettings } from '../net/settings.ts';
import { readProxySettings } from './proxy.ts';
import type { ConfigReader } from './reader.ts';
import { readTlsSettings, refuseReferences } from './tls.ts';

/** How a token is asked for: an `oauth2` section. */
export interface OAuth2Settings {
  readonly tokenUrl: URL;
  readonly grant: ClientCredentials | JwtBearer;
  readonly scopes: readonly string[];
  /** What the request carries beside that; `grant_type` replaces the standard's. */
  readonly endpointParams: ReadonlyMap<string, string>;
  readonly tls: TlsSettings;
  readonly proxy: ProxySettings | undefined;
}

/** The grant of RFC 6749, section 4.4. */
export interface ClientCredentials {
  readonly type: 'client_credentials';
  readonly clientId: string;
  readonly clientSecret: Material | undefined;
}

export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The grant of RFC 7523, section 2.1. */
export interface JwtBearer {
  readonly type: typeof jwtBearer;
  /** An RSA key in PEM. */
  readonly key: Material;
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** Claims that are added, or replace those of the same name. */
  readonly claims: Readonly<Record<string, unknown>>;
}

const algorithms = ['RS256', 'RS384', 'RS512'] as const;
export type SignatureAlgorithm = (typeof algorithms)[number];

/** Reads an `oauth2` section; undefined, with mistakes recorded, when it lacks what it needs. */
export function readOAuth2Settings(section: ConfigReader): OAuth2Settings | undefined {
  refuseReferences(section, ['client_secret', 'client_certificate_key']);
  const clientId = section.string('client_id', '');
  if (clientId === '') section.fail('client_id', 'client_id must be given');
  const tokenUrl = readTokenUrl(section);
  const type = section.oneOf('grant_type', ['client_credentials', jwtBearer, ''], '');
  const scopes = section.strings('scopes');
  const endpointParams = section.map('endpoint_params', () => true);
  const taken = [...(scopes.length > 0 ? ['scope'] : []), ...(type === jwtBearer ? ['assertion'] : [])];
  for (const name of taken.filter((name) => endpointParams.has(name))) {
    section.fail('endpoint_params', `${name} is set by other keys already`);
  }
  const common = {
    scopes,
    endpointParams,
    tls: readTlsSettings(section.section('tls_config')),
    proxy: readProxySettings(section),
  };
  const clientSecret = section.material('client_secret', 'client_secret_file', { secret: true });
  const bearer = readJwtBearer(section, clientId, tokenUrl?.href ?? '', type === jwtBearer);
  const grant = type === jwtBearer ? bearer : ({ type: 'client_credentials', clientId, clientSecret } as const);
  return tokenUrl === undefined || grant === undefined ? undefined : { tokenUrl, grant, ...common };
}

function readTokenUrl(section: ConfigReader): URL | undefined {
  const url = section.string('token_url', '') === '' ? undefined : section.url('token_url');
  if (!section.has('token_url') || section.string('token_url') === '') {
    section.fail('token_url', 'token_url must be given');
  } else if (url !== undefined && url.protocol !== 'http:' && url.protocol !== 'https:') {
    section.fail('token_url', 'must be a URL that begins with http:// or https://');
  }
  return url;
}

const jwtKeys = [
  'client_certificate_key_id',
  'client_certificate_key',
  'client_certificate_key_file',
  'signature_algorithm',
  'iss',
  'audience',
  'claims',
];

function readJwtBearer(
  section: ConfigReader,
  clientId: string,
  tokenUrl: string,
  used: boolean,
): JwtBearer | undefined {
  const key = section.material('client_certificate_key', 'client_certificate_key_file', { secret: true });
  const bearer = {
    type: jwtBearer,
    keyId: section.string('client_certificate_key_id', ''),
    algorithm: section.oneOf('signature_algorithm', [...algorithms, ''], '') || 'RS256',
    issuer: section.string('iss', '') || clientId,
    subject: clientId,
    audience: section.string('audience', '') || tokenUrl,
    claims: section.values('claims'),
  } as const;
  if (used && key === undefined) {
    section.fail('grant_type', 'this grant needs client_certificate_key or client_certificate_key_file');
  }
  for (const name of used ? ['client_secret', 'client_secret_file'] : jwtKeys) {
    if (section.has(name)) section.warn(name, `not used: grant_type is ${used ? jwtBearer : 'client_credentials'}`);
  }
  return key === undefined ? undefined : { ...bearer, key };
}
