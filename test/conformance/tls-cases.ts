import type { Identity } from '../support/certificates.ts';
import { root } from '../support/identities.ts';
import type { TlsServerOptions } from '../support/servers.ts';
import { reached } from './mends.ts';
import type { ProbeCase } from './probe-case.ts';
import { https, tls as tlsTarget } from './targets.ts';

/** The `tls_config` that trusts the tests' root. */
export const trusting = { ca: root.cert };

/** The same case for the http and the tcp prober. */
export const both = (
  name: string,
  server: Identity,
  tls_config: object | undefined,
  more: { options?: TlsServerOptions; query?: Record<string, string> } = {},
): [ProbeCase, ProbeCase] => {
  const config = tls_config === undefined ? {} : { tls_config };
  const rest = more.query === undefined ? {} : { query: more.query };
  return [
    {
      name: `https: ${name}`,
      module: { prober: 'http', http: config },
      target: https(server, undefined, more.options),
      ...rest,
    },
    {
      name: `tcp: ${name}`,
      module: { prober: 'tcp', tcp: { tls: true, ...config } },
      target: tlsTarget(server, undefined, more.options),
      ...rest,
    },
  ];
};

/** The same where the handshake fails, which the http prober tells the duration of. */
export const failing = (...row: Parameters<typeof both>): ProbeCase[] => {
  const [overHttp, overTcp] = both(...row);
  return [{ ...overHttp, differs: reached('connect', 'tls') }, overTcp];
};
