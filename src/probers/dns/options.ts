import { readSourceAddress } from '../../config/connection.ts';
import { quote } from '../../config/decode.ts';
import { readIpPolicy } from '../../config/ip-policy.ts';
import { nearMiss } from '../../config/near-miss.ts';
import type { ConfigReader } from '../../config/reader.ts';
import { filled, noValues, type ParameterValues } from '../../config/template.ts';
import { readTlsSettings } from '../../config/tls.ts';
import type { IpPolicy, TlsSettings } from '../../net/settings.ts';
import { readRecordChecks, type RecordChecks } from './checks.ts';
import { classCodes, classes, type Codes, parseCode, rcodeCodes, rcodes, typeCodes, types } from './codes.ts';
import { makeQuery, type Query } from './query.ts';

export type Transport = 'udp' | 'tcp' | 'tls' | 'https';

/** A `dns` section. */
export interface DnsOptions {
  readonly policy: IpPolicy;
  readonly source: string | undefined;
  readonly transport: Transport;
  readonly tls: TlsSettings;
  /** What is asked. Throws SyntaxError when the parameters of the request make no domain name. */
  readonly queryFor: (values: ParameterValues) => Query;
  readonly validRcodes: readonly number[];
  readonly answer: RecordChecks;
  readonly authority: RecordChecks;
  readonly additional: RecordChecks;
}

/** Reads the keys of a `dns` section. */
export function readDnsOptions(section: ConfigReader): DnsOptions {
  const type = readCode(section, 'query_type', 'record type', typeCodes) ?? types.ANY;
  const code = readCode(section, 'query_class', 'class', classCodes) ?? classes.IN;
  const recursionDesired = section.boolean('recursion_desired', true);
  const transport = readTransport(section);
  return {
    policy: readIpPolicy(section),
    source: readSourceAddress(section),
    transport,
    tls: readTls(section, transport),
    queryFor: readQuery(section, (name) => makeQuery({ name, type, class: code, recursionDesired })),
    validRcodes: readRcodes(section),
    answer: readRecordChecks(section.section('validate_answer_rrs')),
    authority: readRecordChecks(section.section('validate_authority_rrs')),
    additional: readRecordChecks(section.section('validate_additional_rrs')),
  };
}

function readQuery(section: ConfigReader, queryFor: (name: string) => Query): DnsOptions['queryFor'] {
  const name = section.template('query_name');
  try {
    if (name !== undefined && !name.empty) return filled([name], (values) => queryFor(name.text(values)));
    section.fail('query_name', 'must be set');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    section.fail('query_name', `${quote(name?.text(noValues) ?? '')} is no domain name: ${error.message}`);
  }
  return () => queryFor('.');
}

function readTransport(section: ConfigReader): Transport {
  const transport = section.oneOf('transport_protocol', ['udp', 'tcp', 'https', ''], 'udp') || 'udp';
  if (!section.boolean('dns_over_tls', false)) return transport;
  if (transport === 'tcp') return 'tls';
  if (transport === 'https') {
    section.fail('dns_over_tls', 'must not be set with transport_protocol: https, which has TLS already');
  } else {
    section.fail('dns_over_tls', `needs transport_protocol: tcp, and that is ${transport}`);
  }
  return transport;
}

function readTls(section: ConfigReader, transport: Transport): TlsSettings {
  if (section.has('tls_config') && (transport === 'udp' || transport === 'tcp')) {
    section.warn('tls_config', 'not used: it needs dns_over_tls or transport_protocol: https');
  }
  return readTlsSettings(section.section('tls_config'));
}

function readCode(section: ConfigReader, key: string, kind: string, codes: Codes): number | undefined {
  const text = section.string(key, '');
  if (text === '') return undefined;
  const code = parseCode(codes, text);
  if (code === undefined) section.fail(key, unknownCode(text, kind, codes));
  return code;
}

function readRcodes(section: ConfigReader): number[] {
  const key = 'valid_rcodes';
  const texts = section.strings(key);
  if (!section.has(key)) return [rcodes.NOERROR];
  if (texts.length === 0) section.fail(key, 'has no code, so that no answer would be valid: leave it out for NOERROR');
  return texts.flatMap((text) => {
    const rcode = parseCode(rcodeCodes, text);
    if (rcode !== undefined) return [rcode];
    section.fail(key, unknownCode(text, 'response code', rcodeCodes));
    return [];
  });
}

function unknownCode(text: string, kind: string, { names, prefix, max }: Codes): string {
  const meant = nearMiss(text, Object.keys(names));
  const hint =
    meant === undefined ? `give a name, ${prefix}n or n, where n is at most ${max}` : `did you mean ${meant}?`;
  return `${quote(text)} is no ${kind}: ${hint}`;
}
