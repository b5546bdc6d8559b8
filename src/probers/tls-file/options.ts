import { isAbsolute, normalize } from 'node:path';
import { quote } from '../../config/decode.ts';
import type { ConfigReader } from '../../config/reader.ts';

export interface TlsFileOptions {
  /** Folders and files, absolute and normalized; nothing outside them is read. */
  readonly allowedPaths: readonly string[];
  readonly maxFiles: number;
  /** In all files together. */
  readonly maxCertificates: number;
}

const mostFiles = 1000;
const mostCertificates = 2000;

/** Reads a `tls_file` section. */
export function readTlsFileOptions(section: ConfigReader): TlsFileOptions {
  const allowedPaths = section.strings('allowed_paths');
  if (allowedPaths.length === 0) {
    section.fail(
      section.has('allowed_paths') ? 'allowed_paths' : undefined,
      'allowed_paths must name the folders whose certificates may be probed, such as [/etc/ssl/certs]',
    );
  }
  for (const path of allowedPaths) {
    if (!isAbsolute(path)) section.fail('allowed_paths', `${quote(path)} must be an absolute path`);
  }
  return {
    allowedPaths: allowedPaths.map((path) => normalize(path).replace(/(?<=.)\/$/, '')),
    maxFiles: section.integer('max_files', { min: 1, max: mostFiles }) ?? 100,
    maxCertificates: section.integer('max_certificates', { min: 1, max: mostCertificates }) ?? 500,
  };
}
