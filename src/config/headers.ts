/** Headers that `http_headers` may not set, in lower case: the client sets them itself, or other keys do. */
const reserved = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'user-agent',
  'www-authenticate',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-prometheus-remote-read-version',
  'x-prometheus-remote-write-version',
  'x-prometheus-scrape-timeout-seconds',
]);

const harmless =
  /^(host|accept|accept-(charset|encoding|language)|cache-control|connection|content-(encoding|language|type)|if-[a-z-]+|origin|pragma|range|referer|user-agent)$/i;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether `http_headers` may not set a header. */
export function isReservedHeader(name: string): boolean {
  return reserved.has(name.toLowerCase());
}

/** Whether the value of a request header may be a secret, as that of Authorization, Cookie or X-Api-Key. */
export function isSecretHeader(name: string): boolean {
  return !harmless.test(name);
}

/** Whether a text can be the name of a header: a token of RFC 9110, section 5.6.2. */
export function isHeaderName(name: string): boolean {
  return token.test(name);
}
