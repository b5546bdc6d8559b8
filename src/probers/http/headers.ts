import { unusable } from '../../net/error-reason.ts';
import { basicCredentials, type Proxy } from '../../net/proxy.ts';
import type { Material } from '../../net/settings.ts';
import { userAgent } from '../../version.ts';
import type { Cookies, Hop } from './hop.ts';
import type { HttpOptions } from './options.ts';

/** What of a module's options the headers come from. */
export type HeaderOptions = Pick<HttpOptions, 'client' | 'headers'>;

/** Headers that carry credentials: they never follow a redirect away from the host that they are meant for. */
const credentialHeaders = /^(authorization|cookie2?|proxy-authorization|www-authenticate)$/i;

const bodyHeaders = /^content-(type|encoding|language|location)$/i;

/** What a request carries beside what its module and its hop say. */
export interface Passes {
  /** The Authorization header that a token gives, before any other. */
  readonly token: string | undefined;
  /** The proxy that is asked; undefined when there is none, or only a tunnel. */
  readonly proxy: Proxy | undefined;
}

/** The headers of one hop's request, names and values in turn. Throws ProbeFailure when a file among them cannot be read. */
export function requestHeaders(options: HeaderOptions, hop: Hop, cookies: Cookies, passes: Passes): string[] {
  const headers: string[] = ['Host', hop.hostHeader ?? hop.target.authority];
  const given = new Set<string>();
  let cookie: string | undefined;
  for (const [name, value] of options.headers) {
    if (!hop.trusted && credentialHeaders.test(name)) continue;
    if (!hop.describesBody && bodyHeaders.test(name)) continue;
    if (passes.token !== undefined && name.toLowerCase() === 'authorization') continue;
    given.add(name.toLowerCase());
    if (name.toLowerCase() === 'cookie') cookie = value;
    else headers.push(name, value);
  }
  for (const { name, values } of options.client.httpHeaders) {
    if (!hop.trusted && credentialHeaders.test(name)) continue;
    given.add(name.toLowerCase());
    for (const value of values) headers.push(name, text(value));
  }
  if (!given.has('user-agent')) headers.push('User-Agent', userAgent);
  if (hop.trusted && !given.has('authorization')) {
    const authorization = passes.token ?? authorizationOf(options, hop);
    if (authorization !== undefined) headers.push('Authorization', authorization);
  }
  const { credentials } = passes.proxy ?? {};
  if (credentials !== undefined) headers.push('Proxy-Authorization', basicCredentials(credentials));
  const jar = cookies.headerFor(hop.target.url);
  if (cookie !== undefined || jar !== undefined) {
    headers.push('Cookie', [cookie, jar].filter((part) => part !== undefined).join('; '));
  }
  if (hop.referer !== undefined && !given.has('referer')) headers.push('Referer', hop.referer);
  return headers.map(asBytes);
}

/** A header's characters are written as bytes: those beyond ASCII must come as their UTF-8. */
function asBytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1');
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function authorizationOf({ client }: HeaderOptions, { target }: Hop): string | undefined {
  const { basicAuth, authorization } = client;
  if (basicAuth !== undefined) return basicCredentials(`${text(basicAuth.username)}:${text(basicAuth.password)}`);
  if (authorization !== undefined) return `${authorization.type} ${text(authorization.credentials)}`;
  return target.credentials === undefined ? undefined : basicCredentials(target.credentials);
}

/** The text of a material, empty without one. Throws ProbeFailure when its file cannot be read. */
export function text(material: Material | undefined): string {
  try {
    return material?.read() ?? '';
  } catch (error) {
    throw unusable(error, 'request', material?.description ?? '');
  }
}
