import { networkInterfaces } from 'node:os';
import { a, type Answer, answerTo, flags, hex, names, owner, record, u16, u32 } from '../../probers/dns/messages.ts';
import { fullText, recordCases } from '../../probers/dns/record-table.ts';
import {
  closedUdpPort,
  type DnsServer,
  type Responder,
  serveOverTls,
  serveStream,
  serveUdp,
} from '../../probers/dns/servers.ts';
import { belowRoot, expired, root, selfSigned, valid, wrongHost } from '../../support/identities.ts';
import { closedPort, serveTcp } from '../../support/servers.ts';
import { otherwise } from '../mends.ts';
import type { ProbeCase } from '../probe-case.ts';
import { finish, type OpenTarget } from '../targets.ts';

const module = (dns: object = {}, rest: object = {}) => ({
  prober: 'dns',
  dns: { query_name: owner, query_type: 'A', ...dns },
  ...rest,
});
const tcp = { transport_protocol: 'tcp' };
const tls = { ...tcp, dns_over_tls: true, tls_config: { ca: root.cert } };
const short = { timeout: '400ms' };

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const needsIpv6 = hasIpv6 ? undefined : 'this machine has no IPv6 loopback';

/** The target, and what reached it but for the id, which is random. */
const opened = async (opening: Promise<DnsServer>): ReturnType<OpenTarget> => {
  const server = await opening;
  return {
    target: server.address,
    seen: async () => server.takeQueries().map((query) => ({ received: query.toString('hex', 2) })),
  };
};
const udpTarget =
  (respond: Responder, host?: string): OpenTarget =>
  (lifetime) =>
    opened(serveUdp(lifetime, respond, host));
const tcpTarget =
  (respond: Responder): OpenTarget =>
  (lifetime) =>
    opened(serveStream(lifetime, respond));
const tlsTarget =
  (identity = valid(), respond: Responder = ok): OpenTarget =>
  (lifetime) =>
    opened(serveOverTls(lifetime, identity, respond));
const answers =
  (answer: Answer): Responder =>
  (query) => [answerTo(query, answer)];

const ok = answers({ answer: [a('192.0.2.1')] });
const soa = (serial: number): Buffer =>
  record('SOA', Buffer.concat([names('ns.example.test', 'noc.example.test'), u32(serial, 7200, 3600, 1_209_600, 300)]));
const full = answers({
  answer: [a('127.0.0.1', { ttl: 3600 })],
  authority: ['ns1.isp.test', 'ns2.isp.test'].map((name) => record('NS', names(name), { ttl: 7200 })),
  additional: [
    a('127.0.0.1', { name: 'ns1.isp.test', ttl: 7200 }),
    record('AAAA', hex('00000000 00000000 00000000 00000001'), { name: 'ns1.isp.test', ttl: 7200 }),
    a('127.0.0.2', { name: 'ns2.isp.test', ttl: 7200 }),
  ],
});
const udp = udpTarget(ok);

const queries: ProbeCase[] = [
  { name: 'an answer by UDP', module: module(), target: udp },
  { name: 'an answer by TCP', module: module(tcp), target: tcpTarget(ok) },
  { name: 'an answer by TLS', module: module(tls), target: tlsTarget() },
  { name: 'transport_protocol udp', module: module({ transport_protocol: 'udp' }), target: udp },
  { name: 'an empty transport_protocol', module: module({ transport_protocol: '' }), target: udp },
  { name: 'no query_type', module: module({ query_type: '' }), target: udp },
  { name: 'no query_class', module: module({ query_class: '' }), target: udp },
  ...['AAAA', 'MX', 'NSAP-PTR', 'None', 'Reserved', 'AXFR', 'ANY'].map((query_type) => ({
    name: `query_type ${query_type}`,
    module: module({ query_type }),
    target: udp,
  })),
  ...['CH', 'HS', 'CS', 'NONE', 'ANY'].map((query_class) => ({
    name: `query_class ${query_class}`,
    module: module({ query_class }),
    target: udp,
  })),
  { name: 'recursion_desired false', module: module({ recursion_desired: false }), target: udp },
  ...['.', 'Example.Test.', 'example.test', String.raw`a\.b\032c\".test`, 'gr\u00fcn.test', '*._tcp.test'].map(
    (query_name) => ({
      name: `query_name ${query_name}`,
      module: module({ query_name }),
      target: udp,
    }),
  ),
  {
    name: 'query_name of 255 bytes',
    module: module({ query_name: `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}` }),
    target: udp,
  },
  {
    name: 'source_ip_address by UDP',
    module: module({ source_ip_address: '127.0.0.9' }),
    target: udp,
  },
  {
    name: 'source_ip_address by TCP',
    module: module({ ...tcp, source_ip_address: '127.0.0.9' }),
    target: tcpTarget(ok),
  },
  {
    name: 'source_ip_address of another machine, by UDP',
    module: module({ source_ip_address: '192.0.2.77' }),
    target: udp,
  },
  {
    name: 'source_ip_address of another machine, by TCP',
    module: module({ ...tcp, source_ip_address: '192.0.2.77' }),
    target: tcpTarget(ok),
  },
  {
    name: 'source_ip_address of the other IP version',
    module: module({ source_ip_address: '::1' }),
    target: udp,
  },
  { name: 'IPv6 only of an IPv4 address', module: module({ ip_protocol_fallback: false }), target: udp },
  {
    name: 'IPv4 preferred and no fallback',
    module: module({ preferred_ip_protocol: 'ip4', ip_protocol_fallback: false }),
    target: udp,
  },
  {
    name: 'IPv6',
    module: module(),
    skip: needsIpv6,
    target: udpTarget(ok, '::1'),
  },
  {
    name: 'a name',
    module: module({ preferred_ip_protocol: 'ip4' }),
    target: async (lifetime) => ({ target: `localhost:${(await serveUdp(lifetime, ok)).port}` }),
  },
  { name: 'a name that does not exist', module: module({}, short), target: 'no-such-name.invalid:53' },
  { name: 'the default port', module: module(), target: '127.0.0.9' },
  { name: 'the default port of TLS', module: module(tls), target: '127.0.0.9' },
  { name: 'the default port and IPv6', module: module(), skip: needsIpv6, target: '::1' },
  { name: 'the hostname parameter', module: module(), target: udp, query: { hostname: 'other.test' } },
];

const failures: ProbeCase[] = [
  {
    name: 'nobody listens, by UDP',
    module: module(),
    target: async () => ({ target: `127.0.0.1:${await closedUdpPort()}` }),
  },
  {
    name: 'nobody listens, by TCP',
    module: module(tcp),
    target: async (lifetime) => ({ target: `127.0.0.1:${await closedPort(lifetime)}` }),
  },
  { name: 'silence by UDP', module: module({}, short), target: udpTarget(() => []) },
  { name: 'silence by TCP', module: module(tcp, short), target: tcpTarget(() => []) },
  {
    name: 'another id and silence',
    module: module({}, short),
    target: udpTarget((query) => [otherId(answerTo(query))]),
  },
  {
    name: 'another id before the answer',
    module: module(),
    target: udpTarget((query) => [otherId(answerTo(query)), ...ok(query)]),
  },
  {
    name: 'another id by TCP',
    module: module(tcp),
    target: tcpTarget((query) => [otherId(answerTo(query)), ...ok(query)]),
  },
  {
    name: 'a datagram shorter than a header',
    module: module({}, short),
    target: udpTarget(() => [hex('0102')]),
  },
  {
    name: 'a datagram shorter than a header, then the answer',
    module: module(),
    target: udpTarget((query) => [hex('0102'), ...ok(query)]),
    differs: otherwise('what does not fit the query is ignored until the deadline'),
  },
  { name: 'a message shorter than a header', module: module(tcp), target: tcpTarget(() => [hex('0102')]) },
  {
    name: 'an answer that is no response',
    module: module({}, short),
    target: udpTarget((query) => [query]),
    differs: otherwise('an echo of the query does not answer it'),
  },
  {
    name: 'the answer to another question',
    module: module({}, short),
    target: udpTarget((query) => {
      const answer = answerTo(query, { answer: [a('192.0.2.1')] });
      answer.write('f', 13);
      return [answer];
    }),
    differs: otherwise('the answer to another question is ignored'),
  },
  {
    name: 'the same question in other letters',
    module: module(),
    target: udpTarget((query) => {
      const answer = answerTo(query, { answer: [a('192.0.2.1')] });
      answer.write('EXAMPLE', 13);
      return [answer];
    }),
  },
  {
    name: 'the connection ends before the answer',
    module: module(tcp),
    target: bytes(''),
  },
  { name: 'the connection ends within a length', module: module(tcp), target: bytes('\0') },
  { name: 'the connection ends within the answer', module: module(tcp), target: bytes('\0\u0040abc') },
  {
    name: 'the connection is reset',
    module: module(tcp),
    target: async (lifetime) => {
      const server = await serveTcp(lifetime, (socket) => void socket.once('data', () => socket.resetAndDestroy()));
      return { target: server.address };
    },
  },
  { name: 'no TLS where it is wanted', module: module(tls, short), target: tcpTarget(ok) },
  { name: 'signed by itself', module: module(tls), target: tlsTarget(selfSigned()) },
  {
    name: 'signed by itself, unverified',
    module: module({ ...tls, tls_config: { insecure_skip_verify: true } }),
    target: tlsTarget(selfSigned()),
  },
  { name: 'expired', module: module(tls), target: tlsTarget(expired()) },
  { name: 'of another host', module: module(tls), target: tlsTarget(wrongHost()) },
  {
    name: 'server_name',
    module: module({ ...tls, tls_config: { ca: root.cert, server_name: 'other.test' } }),
    target: tlsTarget(wrongHost()),
  },
  { name: 'signed by the root', module: module(tls), target: tlsTarget(belowRoot()) },
];

const sizes: ProbeCase[] = [512, 513, 2000].flatMap((size) => [
  { name: `${size} bytes by UDP`, module: module(), target: udpTarget((query) => [padded(query, size)]) },
  { name: `${size} bytes by TCP`, module: module(tcp), target: tcpTarget((query) => [padded(query, size)]) },
]);

const shapes: ProbeCase[] = [
  { name: 'a header alone', module: module(), target: udpTarget((query) => [answerTo(query).subarray(0, 12)]) },
  { name: 'no question', module: module(), target: udpTarget((query) => [headOf(query, u16(0, 0, 0, 0))]) },
  { name: 'no answer', module: module(), target: udpTarget(answers({})) },
  { name: 'records in all sections', module: module(), target: udpTarget(full) },
  { name: 'a truncated answer', module: module(), target: udpTarget(answers({ flags: flags.truncated })) },
  {
    name: 'fewer records than promised',
    module: module(),
    target: udpTarget((query) => {
      const answer = answerTo(query, { answer: [a('192.0.2.1'), a('192.0.2.2')] });
      answer.writeUInt16BE(9, 6);
      return [answer];
    }),
  },
  {
    name: 'half a record',
    module: module(),
    target: udpTarget((query) => [answerTo(query, { answer: [a('192.0.2.1')] }).subarray(0, -3)]),
  },
  {
    name: 'bytes behind the records',
    module: module(),
    target: udpTarget((query) => [Buffer.concat([...ok(query), hex('ffffff')])]),
  },
  {
    name: 'an address of 3 bytes',
    module: module(),
    target: udpTarget(answers({ answer: [record('A', hex('c00002'))] })),
  },
  {
    name: 'a name in a loop',
    module: module(),
    target: udpTarget(answers({ answer: [a('192.0.2.1', { name: hex('c01e') })] })),
  },
  {
    name: 'a signed answer',
    module: module(),
    target: udpTarget(
      answers({
        additional: [record('TSIG', Buffer.concat([names('hmac-sha256'), Buffer.alloc(16)]), { class: 255, ttl: 0 })],
      }),
    ),
  },
  { name: 'SOA', module: module({ query_type: 'SOA' }), target: udpTarget(answers({ answer: [soa(2 ** 32 - 1)] })) },
  {
    name: 'two SOA',
    module: module({ query_type: 'SOA' }),
    target: udpTarget(answers({ answer: [soa(1), soa(2), a('127.0.0.1')] })),
  },
  { name: 'no SOA', module: module({ query_type: 'SOA' }), target: udpTarget(answers({ authority: [soa(7)] })) },
  {
    name: 'SOA and a bad rcode',
    module: module({ query_type: 'SOA' }),
    target: udpTarget(answers({ rcode: 2, answer: [soa(7)] })),
  },
  { name: 'an SOA that nobody asked for', module: module(), target: udpTarget(answers({ answer: [soa(7)] })) },
];

const rcodes: ProbeCase[] = [
  ...[1, 2, 3, 4, 5, 6, 15].map((rcode) => ({
    name: `rcode ${rcode}`,
    module: module(),
    target: udpTarget(answers({ rcode })),
  })),
  ...[0, 2, 3].map((rcode) => ({
    name: `rcode ${rcode} of SERVFAIL and NXDOMAIN`,
    module: module({ valid_rcodes: ['SERVFAIL', 'NXDOMAIN'] }),
    target: udpTarget(answers({ rcode })),
  })),
  { name: 'NOTIMPL', module: module({ valid_rcodes: ['NOTIMPL'] }), target: udpTarget(answers({ rcode: 4 })) },
  ...[
    { valid_rcodes: ['BADSIG'], bits: 1 },
    { valid_rcodes: ['NOERROR'], bits: 1 },
    { valid_rcodes: ['BADCOOKIE'], bits: 1, rcode: 7 },
  ].map(({ valid_rcodes, bits, rcode = 0 }) => ({
    name: `an extended rcode, ${valid_rcodes.join()} is valid`,
    module: module({ valid_rcodes }),
    target: udpTarget(
      answers({ rcode, additional: [record('OPT', Buffer.alloc(0), { name: '', class: 1232, ttl: bits * 2 ** 24 })] }),
    ),
  })),
];

const sections = ['validate_answer_rrs', 'validate_authority_rrs', 'validate_additional_rrs'];
const checks: readonly object[] = [
  { fail_if_matches_regexp: ['.*7200.*'] },
  { fail_if_matches_regexp: ['.*3600.*', 'nothing'] },
  { fail_if_not_matches_regexp: ['.*3600.*'] },
  { fail_if_not_matches_regexp: ['.*7200.*', 'IN'] },
  { fail_if_all_match_regexp: ['127[.]0[.]0'] },
  { fail_if_all_match_regexp: ['\tIN\t'] },
  { fail_if_none_matches_regexp: ['127[.]0[.]0[.]3'] },
  { fail_if_none_matches_regexp: ['127[.]0[.]0[.]3', '127[.]0[.]0[.]2', 'ns2'] },
];
const validations: ProbeCase[] = sections.flatMap((section) =>
  checks.flatMap((check) => [
    { name: `${section} ${JSON.stringify(check)}`, module: module({ [section]: check }), target: udpTarget(full) },
    {
      name: `${section} ${JSON.stringify(check)} of none`,
      module: module({ [section]: check }),
      target: udpTarget(answers({})),
    },
  ]),
);

/** Both exporters must show the record by the same text, from its first character to its last. */
const records: ProbeCase[] = recordCases.map((row, index) => ({
  name: `record ${index}: ${row.type} ${JSON.stringify(row.text.slice(0, 60))}`,
  module: module({ ...tcp, validate_answer_rrs: { fail_if_not_matches_regexp: [`^${literally(fullText(row))}$`] } }),
  target: tcpTarget(answers({ answer: [record(row.type, row.data, row.options)] })),
}));

function literally(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

function otherId(message: Buffer): Buffer {
  message.writeUInt16BE(message.readUInt16BE(0) ^ 1, 0);
  return message;
}

function headOf(query: Buffer, counts: Buffer): Buffer {
  return Buffer.concat([query.subarray(0, 2), u16(flags.response), counts]);
}

/** An answer of just so many bytes. */
function padded(query: Buffer, size: number): Buffer {
  const empty = answerTo(query, { answer: [record('NULL', Buffer.alloc(0))] });
  return answerTo(query, { answer: [record('NULL', Buffer.alloc(size - empty.length, 0x61))] });
}

/** A target that hears a query, says some bytes, and ends the connection. */
function bytes(text: string): OpenTarget {
  return async (lifetime) => {
    const server = await serveTcp(lifetime, (socket) => void socket.once('data', () => finish(socket, text, 'end')));
    return { target: server.address };
  };
}

export const dns: readonly ProbeCase[] = [
  ...queries,
  ...failures,
  ...sizes,
  ...shapes,
  ...rcodes,
  ...validations,
  ...records,
];
