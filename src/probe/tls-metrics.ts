import * as families from '../metrics/families/tls.ts';
import { labelText, labelTexts } from '../metrics/labels.ts';
import type { ProbeLog } from '../log/probe-log.ts';
import type { ProbeMetrics } from '../metrics/probe-metrics.ts';
import type { Staple } from '../net/ocsp.ts';
import type { TlsFacts } from '../net/tls.ts';
import { recordServedChain, recordVerifiedChain } from './certificate-metrics.ts';

const statusLabels = labelTexts('status', ['good', 'revoked', 'unknown']);

/** Tells what a handshake showed, also when its certificate was then refused, and when it broke off. */
export function recordTls({ metrics, log }: { metrics: ProbeMetrics; log: ProbeLog }, facts: TlsFacts): void {
  const { version, cipher, group, alpn, chain, verified } = facts;
  metrics.set(families.tlsVersionInfo, 1, labelText({ version }));
  if (cipher !== undefined) metrics.set(families.tlsCipherInfo, 1, labelText({ cipher }));
  if (group !== undefined) metrics.set(families.tlsGroupInfo, 1, labelText({ group }));
  if (alpn !== undefined) metrics.set(families.tlsAlpnInfo, 1, labelText({ protocol: alpn }));
  recordServedChain(metrics, chain);
  if (!facts.ended) return;
  metrics.set(families.tlsVerified, facts.distrust === undefined ? 1 : 0);
  if (verified !== undefined) {
    metrics.set(families.sslLastChainExpiry, Math.min(...verified.map(({ notAfter }) => notAfter)));
    recordVerifiedChain(metrics, verified);
  }
  metrics.set(families.sslOcspStapled, facts.staple === undefined ? 0 : 1);
  if (facts.staple !== undefined) recordStaple(metrics, facts.staple);
  if (facts.staple?.problem !== undefined) {
    log.info('The stapled OCSP response proves nothing', { err: facts.staple.problem });
  }
}

function recordStaple(metrics: ProbeMetrics, staple: Staple): void {
  metrics.set(families.sslOcspVerified, staple.problem === undefined ? 1 : 0);
  if (staple.status !== undefined) metrics.set(families.sslOcspStatus, 1, statusLabels[staple.status]);
  const times = [
    [families.sslOcspThisUpdate, staple.thisUpdate],
    [families.sslOcspNextUpdate, staple.nextUpdate],
    [families.sslOcspProducedAt, staple.producedAt],
  ] as const;
  for (const [family, value] of times) if (value !== undefined) metrics.set(family, value);
}
