import * as families from '../metrics/families/tls.ts';
import type { ProbeMetrics } from '../metrics/probe-metrics.ts';
import type { TlsFacts } from '../net/tls.ts';

/** Tells what a handshake showed, also when its certificate was then refused. */
export function recordTls(metrics: ProbeMetrics, facts: TlsFacts): void {
  metrics.set(families.tlsVersionInfo, 1, { version: facts.version });
  metrics.set(families.tlsCipherInfo, 1, { cipher: facts.cipher });
  metrics.set(families.tlsVerified, facts.distrust === undefined ? 1 : 0);
  if (facts.chainExpiry !== undefined) metrics.set(families.sslLastChainExpiry, facts.chainExpiry);
  const [leaf] = facts.chain;
  if (leaf === undefined) return;
  metrics.set(families.sslEarliestCertExpiry, Math.min(...facts.chain.map(({ notAfter }) => notAfter)));
  metrics.set(families.sslLastChainInfo, 1, {
    fingerprint_sha256: leaf.fingerprint,
    subject: leaf.subject,
    issuer: leaf.issuer,
    subjectalternative: leaf.dnsNames.join(','),
    serialnumber: leaf.serialNumber,
  });
}
