import { dirname, join } from 'node:path';
import type { Phase, Reason } from '../../../src/net/failure.ts';
import { expired, notYetValid } from '../../support/identities.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import type { Cause } from './cause.ts';

const folder = dirname(temporaryFile('reasons.txt', 'no certificate'));
temporaryFile('reasons-expired.pem', expired().cert);
temporaryFile('reasons-future.pem', notYetValid().cert);

const expiry = { probe_ssl_earliest_cert_expiry: undefined };

/** What is asked of tls_file, and what is wrong with it. */
const targets: readonly (readonly [target: string, phase: Phase, reason: Reason, tells?: Cause['tells']])[] = [
  ['/etc/hostname', 'admission', 'denied_by_policy'],
  [join(folder, 'reasons-none.pem'), 'resolve', 'not_found'],
  [join(folder, 'reasons-none-*.pem'), 'resolve', 'not_found'],
  [join(folder, 'reasons.txt'), 'transfer', 'unusable_file'],
  [join(folder, 'reasons-expired.pem'), 'check', 'certificate_expired', expiry],
  [join(folder, 'reasons-future.pem'), 'check', 'certificate_not_yet_valid', expiry],
];

export const files: readonly Cause[] = targets.map(([target, phase, reason, tells]) => ({
  name: `tls_file of ${target.replace(folder, '')}`,
  phase,
  reason,
  ...(tells !== undefined && { tells }),
  arrange: () => ({ module: { prober: 'tls_file', tls_file: { allowed_paths: [folder] } }, target }),
}));
