import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noValues } from '../../../src/config/template.ts';
import { readDnsOptions } from '../../../src/probers/dns/options.ts';
import { mistakesIn, readYaml } from '../../config/read-yaml.ts';

const questionOf = (yaml: string): object => readYaml(yaml, readDnsOptions).queryFor(noValues).question;

test('the defaults are those of blackbox_exporter', () => {
  const options = readYaml('{query_name: Example.Test}', readDnsOptions);
  const query = options.queryFor(noValues);
  assert.deepEqual(query.question, { name: 'example.test.', type: 255, class: 1 });
  assert.deepEqual(query.withId(0).subarray(0, 6), Buffer.from('000001000001', 'hex'));
  assert.deepEqual(options.policy, { preferred: 'ip6', fallback: true });
  assert.deepEqual(options.validRcodes, [0]);
  assert.equal(options.transport, 'udp');
  assert.equal(options.source, undefined);
});

test('types, classes and response codes have names and numbers', () => {
  assert.deepEqual(questionOf('{query_name: a, query_type: TYPE65280, query_class: CLASS3}'), {
    name: 'a.',
    type: 65280,
    class: 3,
  });
  assert.deepEqual(questionOf('{query_name: a, query_type: 28, query_class: 254}'), {
    name: 'a.',
    type: 28,
    class: 254,
  });
  assert.deepEqual(questionOf('{query_name: a, query_type: NSAP-PTR, query_class: HS}'), {
    name: 'a.',
    type: 23,
    class: 4,
  });
  const { validRcodes } = readYaml(
    '{query_name: a, valid_rcodes: [NXDOMAIN, 2, RCODE9, NOTIMPL, BADVERS]}',
    readDnsOptions,
  );
  assert.deepEqual(validRcodes, [3, 2, 9, 4, 16]);
});

test('dns_over_tls goes with tcp', () => {
  const options = readYaml('{query_name: a, transport_protocol: tcp, dns_over_tls: true}', readDnsOptions);
  assert.equal(options.transport, 'tls');
  assert.equal(readYaml('{query_name: a, transport_protocol: https}', readDnsOptions).transport, 'https');
});

const refused: readonly (readonly [yaml: string, ...mistakes: string[]])[] = [
  ['{}', '1:1: query_name: must be set'],
  ['{query_name: ""}', '1:14: query_name: must be set'],
  ['{query_name: a..b}', '1:14: query_name: "a..b" is no domain name: it has an empty label'],
  ['{query_name: a, query_type: AAA}', '1:29: query_type: "AAA" is no record type: did you mean AAAA?'],
  ['{query_name: a, query_type: mx}', '1:29: query_type: "mx" is no record type: did you mean MX?'],
  [
    '{query_name: a, query_type: 65536}',
    '1:29: query_type: "65536" is no record type: give a name, TYPEn or n, where n is at most 65535',
  ],
  [
    '{query_name: a, query_type: toString}',
    '1:29: query_type: "toString" is no record type: give a name, TYPEn or n, where n is at most 65535',
  ],
  ['{query_name: a, query_class: INN}', '1:30: query_class: "INN" is no class: did you mean IN?'],
  [
    '{query_name: a, valid_rcodes: [NOERROR, NXDOMIAN, 4096]}',
    '1:31: valid_rcodes: "NXDOMIAN" is no response code: did you mean NXDOMAIN?',
    '1:31: valid_rcodes: "4096" is no response code: give a name, RCODEn or n, where n is at most 4095',
  ],
  [
    '{query_name: a, valid_rcodes: []}',
    '1:31: valid_rcodes: has no code, so that no answer would be valid: leave it out for NOERROR',
  ],
  [
    '{query_name: a, transport_protocol: dot}',
    '1:37: transport_protocol: must be udp or tcp or https or "", not "dot"',
  ],
  ['{query_name: a, dns_over_tls: true}', '1:31: dns_over_tls: needs transport_protocol: tcp, and that is udp'],
  [
    '{query_name: a, dns_over_tls: true, transport_protocol: https}',
    '1:31: dns_over_tls: must not be set with transport_protocol: https, which has TLS already',
  ],
  ['{query_name: a, source_ip_address: here}', '1:36: source_ip_address: must be an IP address, not "here"'],
  ['{query_name: a, recursion_desired: 1}', '1:36: recursion_desired: must be true or false, not 1'],
  ['{query_name: a, recursive: true}', '1:17: recursive: unknown key'],
  [
    "{query_name: a, validate_answer_rrs: {fail_if_matches_regexp: ['(']}}",
    '1:64: validate_answer_rrs.fail_if_matches_regexp[0]: must be a regular expression in RE2 syntax: missing closing ): `(`',
  ],
  ['{query_name: a, validate_answers_rrs: {}}', '1:17: validate_answers_rrs: did you mean validate_answer_rrs?'],
];

for (const [yaml, ...mistakes] of refused) {
  test(`refuses ${yaml}`, () => assert.deepEqual(mistakesIn(yaml, readDnsOptions), mistakes));
}
