import { root } from '../test/support/identities.ts';
import type { Place } from './stage/place.ts';
import type { Targets } from './stage/targets.ts';

/** One kind of probe that exporters are compared by. */
export interface Case {
  readonly name: string;
  /** The port that is probed; icmp and dns leave no TCP socket behind. */
  readonly port?: keyof Targets;
  readonly target: (place: Place, targets: Targets) => string;
}

const tls_config = { ca: root.cert, server_name: 'localhost' };
const preferred_ip_protocol = 'ip4';

/** The module of each case, by its name. */
const modules = {
  http: { prober: 'http', http: { preferred_ip_protocol } },
  https_h1: { prober: 'http', http: { preferred_ip_protocol, enable_http2: false, tls_config } },
  https_h2: { prober: 'http', http: { preferred_ip_protocol, tls_config, valid_http_versions: ['HTTP/2.0'] } },
  tcp: { prober: 'tcp', tcp: { preferred_ip_protocol } },
  tcp_tls: { prober: 'tcp', tcp: { preferred_ip_protocol, tls: true, tls_config } },
  dns: { prober: 'dns', dns: { preferred_ip_protocol, query_name: 'bench.test', query_type: 'A' } },
  icmp: { prober: 'icmp', icmp: { preferred_ip_protocol } },
  grpc: { prober: 'grpc', grpc: { preferred_ip_protocol } },
} as const;

/** A configuration that both exporters understand. */
export const configuration = yamlOf(modules);

/** One for Clearbox alone: the module `http_names` asks this name server. */
export function configurationWithNames(server: string): string {
  return yamlOf({ ...modules, http_names: { ...modules.http, resolver: { servers: [server] } } });
}

/** JSON is YAML as well. */
function yamlOf(modules: Readonly<Record<string, object>>): string {
  const withTimeout = Object.entries(modules).map(([name, module]) => [name, { ...module, timeout: '20s' }]);
  return JSON.stringify({ modules: Object.fromEntries(withTimeout) });
}

export const cases: readonly Case[] = [
  { name: 'http', port: 'http', target: ({ host }, { http }) => `http://${host}:${http}/` },
  { name: 'https_h1', port: 'https', target: ({ host }, { https }) => `https://${host}:${https}/` },
  { name: 'https_h2', port: 'h2', target: ({ host }, { h2 }) => `https://${host}:${h2}/` },
  { name: 'tcp', port: 'http', target: ({ host }, { http }) => `${host}:${http}` },
  { name: 'tcp_tls', port: 'https', target: ({ host }, { https }) => `${host}:${https}` },
  { name: 'dns', target: ({ host }, { dns }) => `${host}:${dns}` },
  { name: 'icmp', target: ({ host }) => host },
  { name: 'grpc', port: 'grpc', target: ({ host }, { grpc }) => `${host}:${grpc}` },
] satisfies readonly (Case & { readonly name: keyof typeof modules })[];
