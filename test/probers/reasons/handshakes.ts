import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { Identity } from '../../support/certificates.ts';
import {
  expired,
  intermediate,
  notYetValid,
  root,
  selfSigned,
  untrusted,
  valid,
  withoutNames,
  wrongHost,
} from '../../support/identities.ts';
import { ocspResponse } from '../../support/ocsp.ts';
import { serveTcp } from '../../support/servers.ts';
import { offerStartTls, startTlsSteps } from '../../support/unix-server.ts';
import { type Cause, resetBehindData } from './cause.ts';
import { serveKind, tlsKinds, trusting } from './kinds.ts';

const kinds = tlsKinds();

const badCertificates: readonly (readonly [name: string, identity: () => Identity, reason: Cause['reason']])[] = [
  ['an expired certificate', expired, 'certificate_expired'],
  ['a certificate that is not valid yet', notYetValid, 'certificate_not_yet_valid'],
  ['a certificate of an unknown authority', untrusted, 'certificate_untrusted'],
  ['a certificate that signs itself', selfSigned, 'certificate_untrusted'],
  ['a certificate for another host', wrongHost, 'certificate_wrong_host'],
  ['a certificate without names', withoutNames, 'certificate_wrong_host'],
];

/** Of a handshake that ended, whatever is then said of the certificate. */
const handshakeFacts = {
  probe_tls_verified: 0,
  probe_ssl_earliest_cert_expiry: undefined,
  'probe_tls_version_info{version="TLS 1.3"}': 1,
  probe_tcp_rtt_seconds: undefined,
};

const certificates = badCertificates.flatMap(([name, identity, reason]) => [
  ...kinds.map((kind): Cause => ({
    name: `${kind.name} with ${name}`,
    phase: 'tls',
    reason,
    tells: handshakeFacts,
    arrange: async (t) => ({
      module: kind.module,
      target: await serveKind(t, kind, () => {}, { identity: identity() }),
    }),
  })),
  {
    name: `STARTTLS with ${name}`,
    phase: 'tls',
    reason,
    tells: handshakeFacts,
    arrange: async (t) => ({
      module: { prober: 'tcp', tcp: { query_response: startTlsSteps, tls_config: trusting } },
      target: (await serveTcp(t, offerStartTls(identity()))).address,
    }),
  } satisfies Cause,
]);

/** What a server wants of the handshake that the prober does not give. */
const demands: readonly (readonly [name: string, options: TlsOptions, tls_config: object])[] = [
  ['a client certificate', { requestCert: true, ca: root.cert, maxVersion: 'TLSv1.2' }, trusting],
  ['a client certificate, by TLS 1.3', { requestCert: true, ca: root.cert }, trusting],
  ['an older version', { maxVersion: 'TLSv1.2' }, { ...trusting, min_version: 'TLS13' }],
];

const alerts = demands.flatMap(([name, options, tls_config]) =>
  tlsKinds(tls_config).map((kind): Cause => ({
    name: `${kind.name}, where the server wants ${name}`,
    phase: 'tls',
    reason: 'tls_alert',
    arrange: async (t) => ({
      module: kind.module,
      target: await serveKind(t, kind, () => {}, { ...options, rejectUnauthorized: true }),
    }),
  })),
);

const firstBytes = (act: (socket: Socket) => void) => (socket: Socket) => void socket.once('data', () => act(socket));
/** The beginning of a ServerHello that says it is longer (RFC 8446, section 4.1.3). */
const halfServerHello = Buffer.from('160303007a020000760303', 'hex');

/** What a server does with the first bytes of a handshake. */
const breaks: readonly (readonly [name: string, reason: Cause['reason'], script: (socket: Socket) => void])[] = [
  ['closes within the handshake', 'closed', firstBytes((socket) => socket.end(halfServerHello))],
  ['closes before it', 'closed', firstBytes((socket) => socket.end())],
  ['resets before it', 'reset', firstBytes((socket) => socket.resetAndDestroy())],
  [
    'resets within the handshake',
    resetBehindData,
    firstBytes((socket) => socket.write(halfServerHello, () => setImmediate(() => socket.resetAndDestroy()))),
  ],
  ['speaks no TLS', 'tls_protocol', firstBytes((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))],
  ['stops within it', 'timeout', firstBytes((socket) => socket.write(halfServerHello))],
];

const brokenHandshakes = breaks.flatMap(([name, reason, script]) =>
  kinds.map((kind): Cause => ({
    name: `${kind.name} to a server that ${name}`,
    phase: 'tls',
    reason,
    tells: { probe_tcp_rtt_seconds: undefined, probe_tcp_connections: 1 },
    arrange: async (t) => ({
      module: kind.module,
      target: `${kind.scheme}${(await serveTcp(t, script)).address}`,
    }),
  })),
);

const unusable = tlsKinds({ ca_file: '/nonexistent/ca.pem' }).map((kind): Cause => ({
  name: `${kind.name} with a ca_file that is not there`,
  phase: 'tls',
  reason: 'unusable_file',
  arrange: () => ({ module: kind.module, target: `${kind.scheme}127.0.0.1:1` }),
}));

const revoked = kinds.map((kind): Cause => ({
  name: `${kind.name} with a certificate that was revoked`,
  phase: 'tls',
  reason: 'certificate_revoked',
  tells: { ...handshakeFacts, 'probe_ssl_ocsp_response_status{status="revoked"}': 1 },
  arrange: async (t) => ({
    module: kind.module,
    target: await serveKind(t, kind, () => {}, {
      staple: ocspResponse(valid(), intermediate, { status: 'revoked' }),
    }),
  }),
}));

export const handshakes: readonly Cause[] = [...revoked, ...certificates, ...alerts, ...brokenHandshakes, ...unusable];
