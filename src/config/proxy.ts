import { authority, type Proxy, type ProxyHeader, type ProxySettings } from '../net/proxy.ts';
import { ProxyBypass } from '../net/proxy-bypass.ts';
import { isHeaderName } from './headers.ts';
import type { ConfigReader } from './reader.ts';

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, socks5: 1080 };

/** The variables of the process's environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the keys of a section that name proxies; undefined when there is none. */
export function readProxySettings(
  section: ConfigReader,
  environment: Environment = process.env,
): ProxySettings | undefined {
  const url = section.string('proxy_url', '') === '' ? undefined : section.url('proxy_url');
  const noProxy = section.string('no_proxy', '');
  const fromEnvironment = section.boolean('proxy_from_environment', false);
  const connectHeaders = readConnectHeaders(section);
  if (fromEnvironment && url !== undefined) {
    section.fail('proxy_url', 'proxy_url and proxy_from_environment are mutually exclusive');
  }
  if (fromEnvironment && noProxy !== '') {
    section.fail('no_proxy', 'with proxy_from_environment the variable NO_PROXY decides: leave no_proxy out');
  } else if (noProxy !== '' && !section.has('proxy_url')) {
    section.fail('no_proxy', 'there is no proxy that it could except targets from: give proxy_url');
  }
  if (connectHeaders.length > 0 && !fromEnvironment && url === undefined) {
    section.fail('proxy_connect_header', 'there is no proxy to send it to: give proxy_url or proxy_from_environment');
  }
  if (fromEnvironment) return readEnvironment(section, environment, connectHeaders);
  if (url === undefined) return undefined;
  const proxy = describeProxy(url);
  if (typeof proxy === 'string') {
    section.fail('proxy_url', proxy);
    return undefined;
  }
  const bypass = noProxy === '' ? undefined : new ProxyBypass(noProxy);
  return { forHttp: proxy, forHttps: proxy, bypass, connectHeaders };
}

function readConnectHeaders(section: ConfigReader): ProxyHeader[] {
  const headers = section.section('proxy_connect_header');
  return headers.keys().map((name) => {
    const values = headers.strings(name, { secret: true });
    if (!isHeaderName(name)) headers.fail(name, 'this cannot be the name of a header');
    if (values.some((value) => /[\r\n\0]/.test(value))) headers.fail(name, 'a value has a line break');
    return { name, values };
  });
}

/** As blackbox_exporter reads the environment: names in small letters go before those in capitals. */
function readEnvironment(
  section: ConfigReader,
  environment: Environment,
  connectHeaders: readonly ProxyHeader[],
): ProxySettings {
  const variable = (name: string): string => environment[name.toLowerCase()] || environment[name] || '';
  const proxy = (name: string): Proxy | undefined => {
    const text = variable(name);
    if (text === '') return undefined;
    const url = parseLoosely(text);
    const described = url === undefined ? 'is no URL' : describeProxy(url);
    if (typeof described !== 'string') return described;
    section.fail('proxy_from_environment', `the variable ${name} ${described}`);
    return undefined;
  };
  return {
    forHttp: proxy('HTTP_PROXY'),
    forHttps: proxy('HTTPS_PROXY'),
    bypass: new ProxyBypass(variable('NO_PROXY')),
    connectHeaders,
  };
}

/** In the environment a proxy may be `host:port`, too. */
function parseLoosely(text: string): URL | undefined {
  const url = text.includes('://') ? text : `http://${text}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** RFC 1929, section 2. */
const longestOfSocks = 255;

/** A proxy, or why it cannot be used; the reason reads on after the URL's name. */
function describeProxy(url: URL): Proxy | string {
  const scheme = url.protocol.replace(/:$/, '').replace(/^socks5h$/, 'socks5');
  if (scheme !== 'http' && scheme !== 'https' && scheme !== 'socks5') {
    return 'must be a URL that begins with http://, https:// or socks5://';
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (defaultPorts[scheme] ?? 0) : Number(url.port);
  if (host === '' || !URL.canParse(`http://${authority(host, port)}`)) return 'must name a host';
  const { username, password } = url;
  const [user, secret] = [decode(username), decode(password)];
  if (scheme === 'socks5' && [user, secret].some((part) => Buffer.byteLength(part) > longestOfSocks)) {
    return `has a user or password of more than ${longestOfSocks} bytes, which SOCKS 5 cannot carry`;
  }
  const credentials = user === '' && secret === '' ? undefined : `${user}:${secret}`;
  return { scheme, host, port, credentials };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stray percent sign stands for itself.
  }
}
