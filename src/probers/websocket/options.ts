import { isHeaderName, isSecretHeader } from '../../config/headers.ts';
import {
  type HttpClientSettings,
  type HttpHeader,
  readHeaderValues,
  readHttpClientSettings,
} from '../../config/http-client.ts';
import { readIpPolicy } from '../../config/ip-policy.ts';
import { TextMaterial } from '../../config/material.ts';
import type { ConfigReader } from '../../config/reader.ts';
import type { IpPolicy, Material } from '../../net/settings.ts';
import type { DialogueStep } from '../dialogue.ts';
import { TokenSource } from '../http/oauth2.ts';
import { readSteps } from './dialogue.ts';

/** A `websocket` section. */
export interface WebsocketOptions {
  readonly policy: IpPolicy;
  /** `http_config`, and as its `httpHeaders` those of `headers` as well. */
  readonly client: HttpClientSettings;
  /** Gives the tokens of `oauth2`; undefined without it. */
  readonly tokens: TokenSource | undefined;
  /** The Host header where it is not the URL's authority. */
  readonly hostHeader: Material | undefined;
  readonly steps: readonly DialogueStep[];
}

/** Reads the keys of a `websocket` section. */
export function readWebsocketOptions(section: ConfigReader): WebsocketOptions {
  const config = section.section('http_config');
  const client = readHttpClientSettings(config);
  const headers = readHeaders(section.section('headers'));
  const isHost = ({ name }: HttpHeader): boolean => name.toLowerCase() === 'host';
  return {
    policy: readIpPolicy(section),
    client: {
      ...client,
      // Unlike HTTP clients, those of WebSockets follow no redirect unless they are told to.
      followRedirects: config.has('follow_redirects') && client.followRedirects,
      httpHeaders: [...headers.filter((header) => !isHost(header)), ...client.httpHeaders],
    },
    tokens: client.oauth2 && new TokenSource(client.oauth2),
    hostHeader: headers.find(isHost)?.values.at(-1),
    steps: readSteps(section),
  };
}

/** Headers that the handshake consists of. */
const ownHeaders =
  /^(connection|upgrade|sec-websocket-(key|version|extensions|accept)|content-length|transfer-encoding|expect)$/i;

/** Each header is a mapping of `values`, `secrets` and `files`, or, shorter, one text. */
function readHeaders(section: ConfigReader): HttpHeader[] {
  return section.keys().map((name) => {
    if (!isHeaderName(name)) section.fail(name, `${JSON.stringify(name)} cannot be the name of a header`);
    if (ownHeaders.test(name)) section.fail(name, "this header is the handshake's own");
    if (!section.hasScalar(name)) return { name, values: readHeaderValues(section.section(name)) };
    const text = section.string(name, '', { secret: isSecretHeader(name) });
    if (/[\r\n\0]/.test(text)) section.fail(name, 'the value of a header has no line break');
    return { name, values: [new TextMaterial(text, `${section.path}.${name}`)] };
  });
}
