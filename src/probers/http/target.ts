import { badTarget } from '../../net/target.ts';

/** An http or https URL taken apart for a request. */
export interface HttpTarget {
  readonly url: URL;
  /** The URL without path and query. */
  readonly origin: URL;
  readonly secure: boolean;
  /** The name or IP address to connect to, without brackets. */
  readonly host: string;
  readonly port: number;
  /** The Host header: the authority as written. */
  readonly authority: string;
  /** Path and query as written. */
  readonly path: string;
  /** `user:password` of the URL, decoded; undefined when it has none. */
  readonly credentials: string | undefined;
}

const maxKnown = 1000;
const known = new Map<string, HttpTarget>();

/**
 * Reads a target, which is taken for http:// when it names no scheme; the same ones come again and again, and are read
 * once. Throws ProbeFailure with reason `bad_target`.
 */
export function parseTarget(target: string): HttpTarget {
  let parsed = known.get(target);
  if (parsed === undefined) {
    parsed = parse(target);
    if (known.size >= maxKnown) known.delete(known.keys().next().value ?? '');
    known.set(target, parsed);
  }
  return parsed;
}

function parse(target: string): HttpTarget {
  const text = /^https?:\/\//i.test(target) ? target : `http://${target}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw badTarget(`The target ${JSON.stringify(target)} is no URL: ${error instanceof Error ? error.message : ''}`);
  }
  if (hasBadEscape(url)) throw badTarget(`The target ${JSON.stringify(target)} has a % that is no escape in its path`);
  const [, authority = '', rest = ''] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(text) ?? [];
  return describe(url, authority.slice(authority.lastIndexOf('@') + 1), rest);
}

/** Where a redirect leads; undefined when `location` is no URL. */
export function redirectUrl(location: string, from: URL): URL | undefined {
  if (!URL.canParse(location, from.href)) return undefined;
  const url = new URL(location, from);
  return hasBadEscape(url) ? undefined : url;
}

/** The target that a redirect leads to; undefined when it is neither http nor https. */
export function redirectTarget(url: URL): HttpTarget | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return describe(url, url.host, `${url.pathname}${url.search}`);
}

function hasBadEscape(url: URL): boolean {
  return /%(?![0-9a-f]{2})/i.test(url.pathname);
}

/** Path and query as written, but for what may not stand there unescaped (RFC 3986, section 3.3). */
function escaped(text: string): string {
  const [path = '', ...query] = text.toWellFormed().split('?');
  const plain = path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@[\]%/]/gu, encodeURIComponent);
  return [plain, ...query.map((part) => part.replace(/[^\x21-\x7e]/gu, encodeURIComponent))].join('?');
}

function describe(url: URL, authority: string, rest: string): HttpTarget {
  const secure = url.protocol === 'https:';
  const path = escaped(rest);
  const { username, password } = url;
  return {
    url,
    origin: new URL(url.origin),
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    authority: /^[\x21-\x7e]+$/.test(authority) ? authority.replace(/:$/, '') : url.host,
    path: path.startsWith('/') ? path : `/${path}`,
    credentials: username === '' && password === '' ? undefined : `${decode(username)}:${decode(password)}`,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stray percent sign stands for itself.
  }
}
