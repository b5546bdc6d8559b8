import zlib from 'node:zlib';
import { CelExpression } from '../../config/cel.ts';
import type { ConfigReader } from '../../config/reader.ts';
import { isHeaderName, isSecretHeader } from '../../config/headers.ts';
import { type HttpClientSettings, readHttpClientSettings } from '../../config/http-client.ts';
import { readIpPolicy } from '../../config/ip-policy.ts';
import { success } from '../../config/status-codes.ts';
import { emptyTemplate, filled, noValues, type ParameterValues, type Template } from '../../config/template.ts';
import type { IpPolicy } from '../../net/settings.ts';
import { type BodyOptions, type Compression, compressions } from './body.ts';
import { type HeaderMatch, type HttpChecks, looksAtBody } from './checks.ts';
import { TokenSource } from './oauth2.ts';
import { acceptsEncoding } from './accept-encoding.ts';

/** An `http` section. */
export interface HttpOptions {
  readonly policy: IpPolicy;
  readonly client: HttpClientSettings;
  /** Gives the tokens of `oauth2`; undefined without it. */
  readonly tokens: TokenSource | undefined;
  readonly skipResolveWithProxy: boolean;
  readonly method: string;
  /** Without Host. */
  readonly headers: ReadonlyMap<string, string>;
  readonly hostHeader: string | undefined;
  readonly body: Buffer | undefined;
  readonly bodyFile: string | undefined;
  readonly received: BodyOptions;
  readonly checks: HttpChecks;
}

/** Headers that are the connection's own business: Go's client, and so the peer, ignores them too. */
const ownHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'trailer']);

/** Reads the keys of an `http` section. What it gives depends on the parameters of the request. */
export function readHttpOptions(section: ConfigReader): (values: ParameterValues) => HttpOptions {
  const checks = readChecks(section);
  const { headers, hostHeader } = readHeaders(section);
  const compression = readCompression(section);
  checkAcceptEncoding(section, compression, headers);
  const body = section.byteTemplate('body', { secret: true });
  const bodyFile = section.string('body_file') || undefined;
  if (body?.empty === false && bodyFile !== undefined)
    section.fail('body_file', 'only one of body and body_file may be given');
  const client = readClient(section);
  refuseHttp3(section);
  const fixed = {
    policy: readIpPolicy(section),
    client,
    tokens: client.oauth2 && new TokenSource(client.oauth2),
    skipResolveWithProxy: section.boolean('skip_resolve_phase_with_proxy', false),
    method: readMethod(section),
    bodyFile,
    received: {
      compression,
      limit: section.size('body_size_limit') || undefined,
      keep: looksAtBody(checks),
      checksum: readChecksum(section),
    },
    checks,
  };
  return filled([...headers.values(), hostHeader, body], (values) => {
    const bytes = body?.bytes(values);
    return {
      ...fixed,
      headers: new Map([...headers].map(([name, value]) => [name, value.text(values)])),
      hostHeader: hostHeader?.text(values),
      body: bytes?.length === 0 ? undefined : bytes,
    };
  });
}

function readChecksum(section: ConfigReader): boolean {
  const wanted = section.boolean('body_crc32', false);
  // Node.js 21, and 22 before 22.2.
  if (wanted && !('crc32' in zlib)) section.fail('body_crc32', `${process.version} has no zlib.crc32: use a later one`);
  return wanted;
}

function readCompression(section: ConfigReader): Compression {
  const text = section.string('compression', '').toLowerCase();
  const compression = compressions.find((each) => each === text);
  if (compression === undefined)
    section.fail('compression', `must be one of ${compressions.filter(Boolean).join(', ')}`);
  return compression ?? '';
}

/** The old name of follow_redirects, turned round, goes before it, as in the peer. */
function readClient(section: ConfigReader): HttpClientSettings {
  const client = readHttpClientSettings(section);
  if (!section.has('no_follow_redirects')) return client;
  section.warn('no_follow_redirects', 'deprecated: write follow_redirects');
  return { ...client, followRedirects: !section.boolean('no_follow_redirects', false) };
}

function readChecks(section: ConfigReader): HttpChecks {
  const statusCodes = section.statusCodes('valid_status_codes');
  return {
    validStatusCodes: statusCodes.length === 0 ? [success] : statusCodes,
    validHttpVersions: readVersions(section),
    headerMatches: section.list('fail_if_header_matches', readHeaderMatch),
    headerNotMatches: section.list('fail_if_header_not_matches', readHeaderMatch),
    bodyMatches: section.regexps('fail_if_body_matches_regexp'),
    bodyNotMatches: section.regexps('fail_if_body_not_matches_regexp'),
    bodyMatchesCel: readCel(section, 'fail_if_body_json_matches_cel'),
    bodyNotMatchesCel: readCel(section, 'fail_if_body_json_not_matches_cel'),
    failIfSsl: section.boolean('fail_if_ssl', false),
    failIfNotSsl: section.boolean('fail_if_not_ssl', false),
  };
}

function readCel(section: ConfigReader, key: string): CelExpression | undefined {
  const source = section.string(key);
  if (source === undefined) return undefined;
  try {
    return new CelExpression(source);
  } catch (error) {
    section.fail(key, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function refuseHttp3(section: ConfigReader): void {
  if (!section.boolean('enable_http3', false)) return;
  section.fail('enable_http3', 'HTTP/3 is not supported: Node.js has no QUIC to speak it over');
}

const versions: Readonly<Record<string, string>> = {
  'HTTP/1.0': '1.0',
  'HTTP/1.1': '1.1',
  'HTTP/2.0': '2.0',
  'HTTP/2': '2.0',
};

function readVersions(section: ConfigReader): string[] {
  const read: string[] = [];
  for (const text of section.strings('valid_http_versions')) {
    const version = versions[text];
    if (version !== undefined) read.push(version);
    else if (text.startsWith('HTTP/3'))
      section.fail('valid_http_versions', `${text} needs enable_http3, which is not supported`);
    else section.fail('valid_http_versions', `${JSON.stringify(text)} is none of ${Object.keys(versions).join(', ')}`);
  }
  return read;
}

function readHeaderMatch(entry: ConfigReader): HeaderMatch {
  const header = entry.string('header', '');
  if (header === '') entry.fail('header', 'The name of the header must be set');
  const regexp = entry.regexp('regexp');
  if (regexp === undefined || regexp.source === '') entry.fail('regexp', 'The regular expression must be set');
  const allowMissing = entry.boolean('allow_missing', false);
  return { header, regexp: regexp as NonNullable<typeof regexp>, allowMissing };
}

function readMethod(section: ConfigReader): string {
  const method = section.string('method', '') || 'GET';
  if (!isHeaderName(method)) section.fail('method', `${JSON.stringify(method)} is no HTTP method`);
  if (method === 'CONNECT') section.fail('method', 'CONNECT opens a tunnel, which is no probe: choose another method');
  return method;
}

function readHeaders(section: ConfigReader): { headers: Map<string, Template>; hostHeader: Template | undefined } {
  const headers = new Map<string, Template>();
  let hostHeader: Template | undefined;
  const given = section.section('headers');
  for (const name of given.keys()) {
    const value = given.template(name, { secret: isSecretHeader(name) }) ?? emptyTemplate;
    const lower = name.toLowerCase();
    if (!isHeaderName(name)) section.fail('headers', `${JSON.stringify(name)} is no header name`);
    else if (/[\r\n\0]/.test(value.text(noValues))) section.fail('headers', `The value of ${name} has a line break`);
    else if (lower === 'host') hostHeader = value;
    else if (lower === 'expect') section.fail('headers', 'Expect is not supported: the body is sent at once');
    else if (ownHeaders.has(lower)) section.warn('headers', `${name} is ignored: the connection decides it`);
    else headers.set(name, value);
  }
  return { headers, hostHeader };
}

function checkAcceptEncoding(section: ConfigReader, compression: string, headers: ReadonlyMap<string, Template>): void {
  for (const [name, template] of headers) {
    const value = template.text(noValues);
    if (name.toLowerCase() !== 'accept-encoding' || acceptsEncoding(compression, value)) continue;
    section.fail(
      'headers',
      `"${name}: ${value}" refuses what "compression: ${compression}" wants: let it allow ${compression}`,
    );
  }
}
