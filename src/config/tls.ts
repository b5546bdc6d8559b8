import type { TlsSettings, TlsVersion } from '../net/settings.ts';
import type { ConfigReader } from './reader.ts';

const versions: readonly TlsVersion[] = ['TLS10', 'TLS11', 'TLS12', 'TLS13'];

/** Reads a `tls_config` section. */
export function readTlsSettings(section: ConfigReader): TlsSettings {
  refuseReferences(section, ['ca', 'cert', 'key']);
  const ca = section.material('ca', 'ca_file');
  const cert = section.material('cert', 'cert_file');
  const key = section.material('key', 'key_file', { secret: true });
  if (cert !== undefined && key === undefined) {
    section.fail(undefined, 'cert needs its key: give key or key_file');
  }
  if (key !== undefined && cert === undefined) {
    section.fail(undefined, 'key needs its certificate: give cert or cert_file');
  }
  const serverName = section.string('server_name', '');
  return {
    insecureSkipVerify: section.boolean('insecure_skip_verify', false),
    ...(serverName !== '' && { serverName }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...readVersions(section),
  };
}

function readVersions(section: ConfigReader): Pick<TlsSettings, 'minVersion' | 'maxVersion'> {
  const minVersion = section.oneOf('min_version', versions);
  const maxVersion = section.oneOf('max_version', versions);
  if (
    minVersion !== undefined &&
    maxVersion !== undefined &&
    versions.indexOf(maxVersion) < versions.indexOf(minVersion)
  ) {
    section.fail('max_version', `must not be below min_version, which is ${minVersion}`);
  }
  return { ...(minVersion !== undefined && { minVersion }), ...(maxVersion !== undefined && { maxVersion }) };
}

/** Refuses `name_ref` keys: they name secrets of a secret manager, and there is none, here as in blackbox_exporter. */
export function refuseReferences(section: ConfigReader, names: readonly string[]): void {
  for (const name of names) {
    if (section.string(`${name}_ref`, '') !== '') {
      section.fail(`${name}_ref`, `there is no secret manager to ask: use ${name} or ${name}_file`);
    }
  }
}
