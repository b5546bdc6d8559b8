import type { Gauge } from '../metrics/gauge.ts';
import * as families from '../metrics/families/tls.ts';
import { labelText, type Labels } from '../metrics/labels.ts';
import type { ProbeMetrics } from '../metrics/probe-metrics.ts';
import type { Certificate } from '../net/certificate.ts';

type Sample = readonly [family: Gauge, value: number, labels: string];

/** How many certificates of a chain have series of their own, and how long their labels may be: a server decides both. */
const maxCertificates = 16;
const maxLabelLength = 128;

const asServed = [families.sslCertNotAfter, families.sslCertNotBefore] as const;
const asVerified = [families.sslVerifiedCertNotAfter, families.sslVerifiedCertNotBefore] as const;

/** The samples of a chain are made once: a server shows the same one at every probe. */
const known = { served: new WeakMap<object, Sample[]>(), verified: new WeakMap<object, Sample[]>() };

/** Tells when each certificate of a chain is valid, and of which kind the first of them is. */
export function recordServedChain(metrics: ProbeMetrics, chain: readonly Certificate[]): void {
  record(metrics, known.served, chain, () => servedSamples(chain));
}

/** Tells when each certificate of a verified chain is valid. */
export function recordVerifiedChain(metrics: ProbeMetrics, chain: readonly Certificate[]): void {
  record(metrics, known.verified, chain, () => validity(asVerified, chain.slice(0, maxCertificates)));
}

function record(
  metrics: ProbeMetrics,
  before: WeakMap<object, Sample[]>,
  chain: readonly Certificate[],
  make: () => Sample[],
): void {
  let samples = before.get(chain);
  if (samples === undefined) before.set(chain, (samples = make()));
  for (const [family, value, labels] of samples) metrics.set(family, value, labels);
}

function servedSamples(chain: readonly Certificate[]): Sample[] {
  const [leaf] = chain;
  if (leaf === undefined) return [];
  return [
    [families.sslEarliestCertExpiry, Math.min(...chain.map(({ notAfter }) => notAfter)), ''],
    [
      families.sslLastChainInfo,
      1,
      labelText({
        fingerprint_sha256: leaf.fingerprint,
        subject: leaf.subject,
        issuer: leaf.issuer,
        subjectalternative: leaf.dnsNames.join(','),
        serialnumber: leaf.serialNumber,
      }),
    ],
    ...certificateSamples(chain),
  ];
}

/** Tells of the certificates in a file, in their order. */
export function recordFile(metrics: ProbeMetrics, file: string, certificates: readonly Certificate[]): void {
  for (const sample of certificateSamples(certificates, { file }, Infinity)) metrics.set(...sample);
}

/** The samples that certificates have wherever they were found. */
function certificateSamples(chain: readonly Certificate[], labels: Labels = {}, limit = maxCertificates): Sample[] {
  const [leaf] = chain;
  if (leaf === undefined) return [];
  const { keyAlgorithm: algorithm, keyBits, signatureAlgorithm } = leaf;
  return [
    ...validity(asServed, chain.slice(0, limit), labels),
    [families.sslKeyInfo, 1, labelText({ ...labels, algorithm, bits: String(keyBits) })],
    [families.sslSignatureInfo, 1, labelText({ ...labels, algorithm: signatureAlgorithm })],
  ];
}

function validity([end, begin]: readonly [Gauge, Gauge], chain: readonly Certificate[], labels: Labels = {}): Sample[] {
  return chain.flatMap((certificate, position): Sample[] => {
    const text = labelText({
      ...labels,
      position: String(position),
      subject_cn: shortened(certificate.subjectCommonName),
      issuer_cn: shortened(certificate.issuerCommonName),
      serialnumber: shortened(certificate.serialNumber),
    });
    return [
      [end, certificate.notAfter, text],
      [begin, certificate.notBefore, text],
    ];
  });
}

function shortened(value: string): string {
  return value.length <= maxLabelLength ? value : `${value.slice(0, maxLabelLength - 1).toWellFormed()}…`;
}
