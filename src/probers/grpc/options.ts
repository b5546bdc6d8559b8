import { quote } from '../../config/decode.ts';
import { isSecretHeader } from '../../config/headers.ts';
import { readIpPolicy } from '../../config/ip-policy.ts';
import type { ConfigReader } from '../../config/reader.ts';
import { filled, type ParameterValues } from '../../config/template.ts';
import { readTlsSettings } from '../../config/tls.ts';
import type { IpPolicy, TlsSettings } from '../../net/settings.ts';
import type { Field } from '../http2/field.ts';
import { encodeRequest } from './health.ts';

/** A `grpc` section. */
export interface GrpcOptions {
  readonly policy: IpPolicy;
  /** The encoded HealthCheckRequest. */
  readonly messageFor: (values: ParameterValues) => Buffer;
  readonly metadata: readonly Field[];
  readonly tls: boolean;
  readonly tlsSettings: TlsSettings;
}

/** Reads the keys of a `grpc` section. */
export function readGrpcOptions(section: ConfigReader): GrpcOptions {
  const service = section.template('service');
  return {
    policy: readIpPolicy(section),
    messageFor: filled([service], (values) => encodeRequest(service?.text(values) ?? '')),
    metadata: readMetadata(section.section('metadata')),
    tls: section.boolean('tls', false),
    tlsSettings: readTlsSettings(section.section('tls_config')),
  };
}

/** What a call has of its own, or HTTP/2 cannot carry: it is ignored, as by the client of blackbox_exporter. */
const reserved =
  /^(:.*|content-type|user-agent|te|grpc-(message-type|encoding|message|status|timeout)|host|connection|keep-alive|proxy-connection|transfer-encoding|upgrade)$/;
const key = /^[0-9a-z_.-]+$/;
const printable = /^[\x20-\x7e]*$/;

/** Reads metadata as headers: keys in lower case, and of those that end in `-bin` the values in base64. */
function readMetadata(section: ConfigReader): Field[] {
  const metadata: Field[] = [];
  const seen = new Set<string>();
  for (const name of section.keys()) {
    const header = name.toLowerCase();
    const values = section.byteStrings(name, { secret: isSecretHeader(name) });
    if (reserved.test(header)) section.warn(name, 'is ignored: the call decides it');
    else if (!key.test(header)) section.fail(name, `${quote(name)} is no key of metadata: only a-z 0-9 - _ . make one`);
    else if (seen.has(header)) section.fail(name, 'given more than once, in upper and in lower case');
    else metadata.push(...values.map((value): Field => [header, readValue(section, name, value)]));
    seen.add(header);
  }
  return metadata;
}

function readValue(section: ConfigReader, name: string, value: Buffer): string {
  if (/-bin$/i.test(name)) return value.toString('base64').replace(/=+$/, '');
  const text = value.toString('latin1');
  if (!printable.test(text)) {
    section.fail(name, 'a value may only have printable ASCII characters, unless the key ends in -bin');
  }
  return text;
}
