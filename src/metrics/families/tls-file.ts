import { gauge } from '../gauge.ts';

export const tlsFiles = gauge('probe_tls_files', 'How many files the target names');
export const tlsFileCertificates = gauge(
  'probe_tls_file_certificates',
  'How many certificates were found in a file',
  'of the target',
);
