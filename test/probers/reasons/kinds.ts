import type { Socket } from 'node:net';
import type { Phase } from '../../../src/net/failure.ts';
import type { Identity } from '../../support/certificates.ts';
import { root, valid } from '../../support/identities.ts';
import { type Lifetime, serveTcp, serveTls, type TlsServerOptions } from '../../support/servers.ts';
import { serveUnix } from '../../support/unix-server.ts';

/** A way to probe: a prober, and what it speaks over. */
export interface Kind {
  readonly name: string;
  readonly module: object;
  /** Written before the address. */
  readonly scheme: string;
  /** The protocols that its server offers by ALPN; undefined for a way without TLS. */
  readonly alpn?: readonly string[];
  /** Where it waits for the answer. */
  readonly waits: Phase;
}

export const trusting = { ca: root.cert, server_name: 'localhost' };

const dialogue = { query_response: [{ send: 'hello' }, { expect: '^hello' }] };
const query = { query_name: 'example.test' };

export const plainKinds: readonly Kind[] = [
  { name: 'http', module: { prober: 'http' }, scheme: 'http://', waits: 'response' },
  { name: 'tcp', module: { prober: 'tcp', tcp: dialogue }, scheme: '', waits: 'dialogue' },
  { name: 'grpc', module: { prober: 'grpc' }, scheme: '', waits: 'response' },
  { name: 'websocket', module: { prober: 'websocket' }, scheme: 'ws://', waits: 'response' },
  {
    name: 'dns',
    module: { prober: 'dns', dns: { ...query, transport_protocol: 'tcp' } },
    scheme: '',
    waits: 'response',
  },
];

/** The ways with TLS, with a `tls_config` of one's own. */
export function tlsKinds(tls_config: object = trusting): Kind[] {
  const dns = { ...query, tls_config };
  return [
    { name: 'https', module: http(tls_config, false), scheme: 'https://', alpn: ['http/1.1'], waits: 'response' },
    { name: 'https over HTTP/2', module: http(tls_config, true), scheme: 'https://', alpn: ['h2'], waits: 'response' },
    {
      name: 'tcp over TLS',
      module: { prober: 'tcp', tcp: { ...dialogue, tls: true, tls_config } },
      scheme: '',
      alpn: [],
      waits: 'dialogue',
    },
    {
      name: 'grpc over TLS',
      module: { prober: 'grpc', grpc: { tls: true, tls_config } },
      scheme: '',
      alpn: ['h2'],
      waits: 'response',
    },
    {
      name: 'websocket over TLS',
      module: { prober: 'websocket', websocket: { http_config: { tls_config } } },
      scheme: 'wss://',
      alpn: ['http/1.1'],
      waits: 'response',
    },
    {
      name: 'dns over TLS',
      module: { prober: 'dns', dns: { ...dns, transport_protocol: 'tcp', dns_over_tls: true } },
      scheme: '',
      alpn: [],
      waits: 'response',
    },
    {
      name: 'dns over HTTPS',
      module: { prober: 'dns', dns: { ...dns, transport_protocol: 'https' } },
      scheme: 'https://',
      alpn: ['h2'],
      waits: 'response',
    },
  ];
}

function http(tls_config: object, enable_http2: boolean): object {
  return { prober: 'http', http: { tls_config, enable_http2 } };
}

/** What a unix socket is asked: the same as over TCP. */
export const unixKind: Kind = {
  name: 'unix',
  module: { prober: 'unix', unix: dialogue },
  scheme: '',
  waits: 'dialogue',
};

const kinds = new Map([...plainKinds, unixKind, ...tlsKinds()].map((kind) => [kind.name, kind]));

/** The kind of a name. */
export function kindOf(name: string): Kind {
  const kind = kinds.get(name);
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kind;
}

/** Opens a server of this kind that runs `script` on every connection, behind TLS where the kind has it; gives the target. */
export async function serveKind(
  lifetime: Lifetime,
  { scheme, alpn, name }: Kind,
  script: (socket: Socket) => void,
  options: TlsServerOptions & { readonly identity?: Identity } = {},
): Promise<string> {
  if (name === 'unix') return (await serveUnix(lifetime, script)).path;
  if (alpn === undefined) return `${scheme}${(await serveTcp(lifetime, script)).address}`;
  const { identity = valid(), ...rest } = options;
  const protocols = alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] };
  const { address } = await serveTls(lifetime, identity, script, { ...protocols, ...rest });
  return `${scheme}${address}`;
}
