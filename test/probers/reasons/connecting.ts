import { fullListener, fullUnixListener } from '../../support/full-listener.ts';
import { closedPort } from '../../support/servers.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import { freePath } from '../../support/unix-server.ts';
import { closedUdpPort } from '../dns/servers.ts';
import type { Cause } from './cause.ts';
import { plainKinds, tlsKinds } from './kinds.ts';

const kinds = [...plainKinds, ...tlsKinds()];
const query = { query_name: 'example.test' };

/** Nobody has this address (RFC 5737). */
const nobody = '192.0.2.1';

const badTargets: readonly (readonly [module: object, target: string])[] = [
  [{ prober: 'http' }, 'http://['],
  [{ prober: 'tcp' }, 'no-port'],
  [{ prober: 'tcp' }, '127.0.0.1:65536'],
  [{ prober: 'grpc' }, '127.0.0.1:http'],
  [{ prober: 'websocket' }, 'ftp://127.0.0.1'],
  [{ prober: 'dns', dns: query }, '127.0.0.1:domain'],
  [{ prober: 'unix' }, `/${'x'.repeat(200)}`],
];

const admission: readonly Cause[] = badTargets.map(([module, target]) => ({
  name: `a target that is none: ${JSON.stringify(module)} ${target.slice(0, 30)}`,
  phase: 'admission',
  reason: 'bad_target',
  arrange: () => ({ module, target }),
}));

const onlyIp6 = { preferred_ip_protocol: 'ip6', ip_protocol_fallback: false };

const addresses: readonly Cause[] = [
  { prober: 'http', http: onlyIp6 },
  { prober: 'tcp', tcp: onlyIp6 },
  { prober: 'grpc', grpc: onlyIp6 },
  { prober: 'websocket', websocket: onlyIp6 },
  { prober: 'dns', dns: { ...query, ...onlyIp6 } },
  { prober: 'icmp', icmp: onlyIp6 },
].map((module) => ({
  name: `${module.prober} to a target without an address of the only IP version allowed`,
  phase: 'resolve',
  reason: 'no_address',
  arrange: () => ({ module, target: module.prober === 'icmp' ? '127.0.0.1' : '127.0.0.1:1' }),
}));

const refusals = kinds.map((kind): Cause => ({
  name: `${kind.name} to a closed port`,
  phase: 'connect',
  reason: 'refused',
  tells: { probe_tcp_connections: 1, 'probe_tcp_closed_state{state="closed"}': undefined },
  arrange: async (t) => ({ module: kind.module, target: `${kind.scheme}127.0.0.1:${await closedPort(t)}` }),
}));

const backlogs = plainKinds.map((kind): Cause => ({
  name: `${kind.name} to a listener whose backlog is full`,
  phase: 'connect',
  reason: 'timeout',
  tells: { probe_tcp_connections: 1, 'probe_tcp_closed_state{state="syn_sent"}': 1 },
  arrange: async (t) => ({ module: kind.module, target: `${kind.scheme}127.0.0.1:${await fullListener(t)}` }),
}));

/** `connection: {connect_timeout}` is a deadline of its own. */
const limits: readonly Cause[] = [
  {
    name: 'a connect_timeout',
    phase: 'connect',
    reason: 'timeout',
    arrange: async (t) => ({
      module: { prober: 'tcp', connection: { connect_timeout: '50ms' } },
      target: `127.0.0.1:${await fullListener(t)}`,
      timeout: 10,
    }),
  },
];

const sources: readonly Cause[] = [
  { prober: 'tcp', tcp: { source_ip_address: nobody } },
  { prober: 'http', http: {}, connection: { source_ip_address: nobody } },
  { prober: 'dns', dns: { ...query, source_ip_address: nobody } },
  { prober: 'dns', dns: { ...query, transport_protocol: 'tcp', source_ip_address: nobody } },
].map((module) => ({
  name: `a source address that is not the machine's: ${JSON.stringify(module)}`,
  phase: 'connect',
  reason: 'local_address',
  arrange: () => ({ module, target: '127.0.0.1:1' }),
}));

const unix: readonly Cause[] = [
  {
    name: 'a unix socket that is not there',
    phase: 'connect',
    reason: 'not_found',
    arrange: () => ({ module: { prober: 'unix' }, target: freePath() }),
  },
  {
    name: 'a unix socket below a file',
    phase: 'connect',
    reason: 'not_found',
    arrange: () => ({ module: { prober: 'unix' }, target: `${temporaryFile('no-folder', '')}/socket` }),
  },
  {
    name: 'a unix socket whose backlog is full',
    phase: 'connect',
    reason: 'refused',
    arrange: async (t) => {
      const target = freePath();
      await fullUnixListener(t, target);
      return { module: { prober: 'unix' }, target };
    },
  },
  {
    name: 'a unix socket that nobody listens on',
    phase: 'connect',
    reason: 'refused',
    arrange: () => ({ module: { prober: 'unix' }, target: temporaryFile('no-socket', '') }),
  },
];

export const connecting: readonly Cause[] = [
  ...admission,
  ...addresses,
  ...refusals,
  ...backlogs,
  ...limits,
  ...sources,
  ...unix,
  {
    name: 'dns over UDP to a closed port',
    phase: 'response',
    reason: 'refused',
    arrange: async () => ({ module: { prober: 'dns', dns: query }, target: `127.0.0.1:${await closedUdpPort()}` }),
  },
];
