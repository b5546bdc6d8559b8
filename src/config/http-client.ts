import type { ProxySettings } from '../net/proxy.ts';
import type { Material, TlsSettings } from '../net/settings.ts';
import { quote } from './decode.ts';
import { isHeaderName, isReservedHeader } from './headers.ts';
import { FileMaterial, TextMaterial } from './material.ts';
import { type OAuth2Settings, readOAuth2Settings } from './oauth2.ts';
import { readProxySettings } from './proxy.ts';
import type { ConfigReader } from './reader.ts';
import { readTlsSettings, refuseReferences } from './tls.ts';

/** What an HTTP client is told by the keys that probers share: `http`, and `http_config` of others. */
export interface HttpClientSettings {
  readonly basicAuth?: BasicAuth;
  readonly authorization?: Authorization;
  readonly oauth2?: OAuth2Settings;
  readonly proxy?: ProxySettings;
  readonly tls: TlsSettings;
  readonly followRedirects: boolean;
  readonly enableHttp2: boolean;
  readonly httpHeaders: readonly HttpHeader[];
}

/** A missing part counts as empty. */
export interface BasicAuth {
  readonly username?: Material;
  readonly password?: Material;
}

/** The header `Authorization: type credentials`. */
export interface Authorization {
  readonly type: string;
  readonly credentials?: Material;
}

/** A header of every request, sent once for each value. */
export interface HttpHeader {
  readonly name: string;
  readonly values: readonly Material[];
}

/** Reads the keys of an HTTP client from a section, which may have others. */
export function readHttpClientSettings(section: ConfigReader): HttpClientSettings {
  const authentication = readAuthentication(section);
  const proxy = readProxySettings(section);
  return {
    ...authentication,
    ...(proxy !== undefined && { proxy }),
    tls: readTlsSettings(section.section('tls_config')),
    followRedirects: section.boolean('follow_redirects', true),
    enableHttp2: section.boolean('enable_http2', true),
    httpHeaders: readHttpHeaders(section),
  };
}

function readAuthentication(section: ConfigReader): Pick<HttpClientSettings, 'basicAuth' | 'authorization' | 'oauth2'> {
  const bearer = section.material('bearer_token', 'bearer_token_file', { secret: true });
  const given = [
    ...(bearer === undefined ? [] : [section.has('bearer_token') ? 'bearer_token' : 'bearer_token_file']),
    ...['authorization', 'basic_auth', 'oauth2'].filter((key) => section.has(key)),
  ];
  if (given.length > 1) {
    section.fail(given.at(-1), `only one of ${given.join(' and ')} may be given`);
  }
  if (section.has('basic_auth')) {
    return { basicAuth: readBasicAuth(section.section('basic_auth')) };
  }
  if (section.has('authorization')) {
    return { authorization: readAuthorization(section.section('authorization')) };
  }
  if (section.has('oauth2')) {
    const oauth2 = readOAuth2Settings(section.section('oauth2'));
    return oauth2 === undefined ? {} : { oauth2 };
  }
  return bearer === undefined ? {} : { authorization: { type: 'Bearer', credentials: bearer } };
}

function readBasicAuth(section: ConfigReader): BasicAuth {
  refuseReferences(section, ['username', 'password']);
  const username = section.material('username', 'username_file');
  const password = section.material('password', 'password_file', { secret: true });
  return { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
}

function readAuthorization(section: ConfigReader): Authorization {
  refuseReferences(section, ['credentials']);
  const type = section.string('type', '').trim() || 'Bearer';
  if (type.toLowerCase() === 'basic') {
    section.fail('type', 'must not be Basic: use basic_auth');
  }
  const credentials = section.material('credentials', 'credentials_file', { secret: true });
  return { type, ...(credentials !== undefined && { credentials }) };
}

function readHttpHeaders(section: ConfigReader): HttpHeader[] {
  const headers = section.section('http_headers');
  return headers.keys().map((name) => {
    if (isReservedHeader(name)) {
      headers.fail(name, 'this header may not be set here');
    } else if (!isHeaderName(name)) {
      headers.fail(name, `${quote(name)} cannot be the name of a header`);
    }
    return { name, values: readHeaderValues(headers.section(name)) };
  });
}

/** Reads the `values`, `secrets` and `files` of a header. */
export function readHeaderValues(header: ConfigReader): Material[] {
  const texts = [...header.strings('values'), ...header.strings('secrets', { secret: true })];
  return [
    ...texts.map((text) => new TextMaterial(text, header.path)),
    ...header.strings('files').map((file) => new FileMaterial(file, `${header.path} file`)),
  ];
}
