import type { TypeName } from '../../../src/probers/dns/codes.ts';
import { hex, names, type RecordOptions, sized, strings, u16, u32, u8 } from './messages.ts';

/** A record and what it is shown as. */
export interface RecordCase {
  readonly type: TypeName | number;
  readonly data: Buffer;
  /** The data's presentation form; a text that has a tab or a line break is the whole record's. */
  readonly text: string;
  readonly options?: RecordOptions;
}

const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
/** A pointer to the question's name. */
const pointer = hex('c00c');
const inception = 1_700_000_000;
const digest = hex('0123456789abcdef');

/** A parameter of SVCB, or an option of OPT. */
const option = (code: number, value: Buffer): Buffer => join(u16(code), sized(value));

const bareNames: RecordCase[] = (
  ['NS', 'MD', 'MF', 'CNAME', 'MB', 'MG', 'MR', 'PTR', 'NSAP-PTR', 'DNAME'] as const
).map((type) => ({ type, data: names('Host.example.test'), text: 'Host.example.test.' }));

const nameForms: RecordCase[] = [
  { type: 'NS', data: names(''), text: '.' },
  { type: 'NS', data: pointer, text: 'example.test.' },
  { type: 'NS', data: join(hex('03'), Buffer.from('sub'), pointer), text: 'sub.example.test.' },
  { type: 'NS', data: join(strings(`a.b 'c@d;e(f)g"h\\i`), hex('00')), text: String.raw`a\.b\ \'c\@d\;e\(f\)g\"h\\i.` },
  { type: 'NS', data: join(strings('!#$%&*+,-/:<=>?[]^_`{|}~'), hex('00')), text: '!#$%&*+,-/:<=>?[]^_`{|}~.' },
  { type: 'NS', data: hex('04 00 09 7f ff 00'), text: String.raw`\000\009\127\255.` },
  { type: 'A', data: hex('7f000001'), text: 'example.test.\t300\tIN\tA\t127.0.0.1', options: { name: pointer } },
  {
    type: 'A',
    data: hex('7f000001'),
    text: '.\t4294967295\tCH\tA\t127.0.0.1',
    options: { name: '', class: 3, ttl: 2 ** 32 - 1 },
  },
  { type: 'A', data: hex('7f000001'), text: 'b.\t0\tHS\tA\t127.0.0.1', options: { name: 'b', class: 4, ttl: 0 } },
  {
    type: 'A',
    data: hex('7f000001'),
    text: 'b.\t0\tCLASS255\tA\t127.0.0.1',
    options: { name: 'b', class: 255, ttl: 0 },
  },
  { type: 'A', data: hex('7f000001'), text: 'b.\t0\tNONE\tA\t127.0.0.1', options: { name: 'b', class: 254, ttl: 0 } },
  { type: 'A', data: hex('7f000001'), text: 'b.\t0\tCLASS7\tA\t127.0.0.1', options: { name: 'b', class: 7, ttl: 0 } },
];

const addresses: RecordCase[] = [
  { type: 'A', data: hex('c0000201'), text: '192.0.2.1' },
  { type: 'AAAA', data: hex('20010db8 00000000 00000000 00000001'), text: '2001:db8::1' },
  { type: 'AAAA', data: hex('00000000 00000000 00000000 00000000'), text: '::' },
  { type: 'AAAA', data: hex('00000000 00000000 00000000 00000001'), text: '::1' },
  { type: 'AAAA', data: hex('fe800000 00000000 00000000 00000000'), text: 'fe80::' },
  { type: 'AAAA', data: hex('20010000 00010000 00000001 00000001'), text: '2001:0:1::1:0:1' },
  { type: 'AAAA', data: hex('20010db8 00000001 00020003 00040005'), text: '2001:db8:0:1:2:3:4:5' },
  { type: 'AAAA', data: hex('00000000 00000000 0000ffff c0000201'), text: '::ffff:192.0.2.1' },
  { type: 'L32', data: join(u16(10), hex('0a010200')), text: '10 10.1.2.0' },
  { type: 'L64', data: join(u16(10), hex('20010db81140abcd')), text: '10 2001:0DB8:1140:ABCD' },
  { type: 'NID', data: join(u16(10), hex('00144fffff20ee64')), text: '10 0014:4fff:ff20:ee64' },
  { type: 'LP', data: join(u16(10), names('l64.example.test')), text: '10 l64.example.test.' },
  { type: 'EUI48', data: hex('00005e0053ab'), text: '00-00-5e-00-53-ab' },
  { type: 'EUI64', data: hex('00005eef100053ab'), text: '00-00-5e-ef-10-00-53-ab' },
  {
    type: 'APL',
    data: hex('0001 15 03 c0a820 0001 1c 84 c0a82601 0002 08 01 ff 0001 00 00'),
    text: '1:192.168.32.0/21 !1:192.168.38.1/28 2:ff00::/8 1:0.0.0.0/0',
  },
];

const zones: RecordCase[] = [
  {
    type: 'SOA',
    data: join(names('ns.example.test', 'noc.example.test'), u32(2 ** 32 - 1, 7200, 3600, 1_209_600, 300)),
    text: 'ns.example.test. noc.example.test. 4294967295 7200 3600 1209600 300',
  },
  { type: 'MX', data: join(u16(10), names('mail.example.test')), text: '10 mail.example.test.' },
  { type: 'MX', data: join(u16(0), names('')), text: '0 .' },
  { type: 'MINFO', data: names('a.test', 'b.test'), text: 'a.test. b.test.' },
  { type: 'RP', data: names('admin.example.test', ''), text: 'admin.example.test. .' },
  { type: 'AFSDB', data: join(u16(1), names('afs.test')), text: '1 afs.test.' },
  { type: 'RT', data: join(u16(2), names('relay.test')), text: '2 relay.test.' },
  { type: 'KX', data: join(u16(3), names('kx.test')), text: '3 kx.test.' },
  { type: 'PX', data: join(u16(50), names('ab.net2', 'o-ab.prmd')), text: '50 ab.net2. o-ab.prmd.' },
  { type: 'SRV', data: join(u16(1, 2, 5060), names('sip.example.test')), text: '1 2 5060 sip.example.test.' },
  {
    type: 'NAPTR',
    data: join(u16(100, 50), strings('s', 'http+N2L', '!^(.*)$!\\1"!'), names('_http._tcp.test')),
    text: String.raw`100 50 "s" "http+N2L" "!^(.*)$!\\1\"!" _http._tcp.test.`,
  },
  { type: 'TALINK', data: names('a.test', 'b.test'), text: 'a.test. b.test.' },
  {
    type: 'LOC',
    data: hex('00 12 16 13 8917 2dd0 70be 15f0 0098 8d20'),
    text: '42 21 54.000 N 71 06 18.000 W -24m 1m 10000m 10m',
  },
  {
    type: 'LOC',
    data: hex('00 00 50 31 7fffffff 80000001 00989705'),
    text: '00 00 0.001 S 00 00 0.001 E 1.33m 0.00m 0.05m 0.30m',
  },
];

const texts: RecordCase[] = [
  ...(['TXT', 'SPF', 'AVC', 'NINFO', 'RESINFO'] as const).map((type) => ({
    type,
    data: strings('v=spf1 -all', ''),
    text: '"v=spf1 -all" ""',
  })),
  { type: 'TXT', data: strings('say "\\hi\\" ;', '\t\u00e9'), text: String.raw`"say \"\\hi\\\" ;" "\009\233"` },
  { type: 'TXT', data: Buffer.alloc(0), text: '' },
  { type: 'HINFO', data: strings('RFC8482', ''), text: '"RFC8482" ""' },
  { type: 'ISDN', data: strings('150862028003217', '004'), text: '"150862028003217" "004"' },
  { type: 'ISDN', data: strings('150862028003217'), text: '"150862028003217" ""' },
  { type: 'X25', data: strings('311061700956'), text: '311061700956' },
  { type: 'GPOS', data: strings('-32.6882', '116.8652', '10.0'), text: '-32.6882 116.8652 10.0' },
  { type: 'UINFO', data: strings('user'), text: '"user"' },
  { type: 'UID', data: u32(1000), text: '1000' },
  { type: 'GID', data: u32(2 ** 32 - 1), text: '4294967295' },
  {
    type: 'CAA',
    data: join(u8(128), strings('issue'), Buffer.from('ca.test; a="b"')),
    text: String.raw`128 issue "ca.test; a=\"b\""`,
  },
  {
    type: 'CAA',
    data: join(u8(0), strings('iodef'), Buffer.from(String.raw`a\.b\065\"\x\999\ `.trimEnd() + '\\')),
    text: String.raw`0 iodef "a\.bA\"x\231\\"`,
  },
  {
    type: 'URI',
    data: join(u16(10, 1), Buffer.from('ftp://ftp1.example.test/\u00fc')),
    text: String.raw`10 1 "ftp://ftp1.example.test/\195\188"`,
  },
];

const security: RecordCase[] = [
  ...(['DS', 'CDS', 'DLV', 'TA'] as const).map((type) => ({
    type,
    data: join(u16(60485), u8(5, 1), digest),
    text: '60485 5 1 0123456789ABCDEF',
  })),
  ...(['DNSKEY', 'CDNSKEY', 'KEY', 'RKEY'] as const).map((type) => ({
    type,
    data: join(u16(257), u8(3, 13), digest),
    text: '257 3 13 ASNFZ4mrze8=',
  })),
  ...(['RRSIG', 'SIG'] as const).map((type) => ({
    type,
    data: join(u16(1), u8(8, 3), u32(86_400, inception + 86_400, inception), u16(2642), names('example.test'), digest),
    text: 'A 8 3 86400 20231115221320 20231114221320 2642 example.test. ASNFZ4mrze8=',
  })),
  ...(['NSEC', 'NXT'] as const).map((type) => ({
    type,
    data: join(names('host.example.test'), hex('0006 400100000003 0402 4001 ff01 01')),
    text: 'host.example.test. A MX RRSIG NSEC TYPE1025 TYPE1039 TYPE65287',
  })),
  { type: 'NSEC', data: names('host.example.test'), text: 'host.example.test.' },
  {
    type: 'NSEC3',
    data: join(
      u8(1, 1),
      u16(12),
      u8(4),
      hex('aabbccdd'),
      u8(20),
      hex('8a1f7d00112233445566778899aabbccddeeff01'),
      hex('0001 62'),
    ),
    text: '1 1 12 AABBCCDD H8FNQ00H48PK8LB6EU49JALRPJEUTVO1 A NS SOA',
  },
  {
    type: 'NSEC3',
    data: join(u8(1, 0), u16(0), u8(0), u8(5), hex('ffffffffff')),
    text: '1 0 0 - VVVVVVVV',
  },
  { type: 'NSEC3', data: join(u8(1, 0), u16(0), u8(0), u8(1), hex('ff')), text: '1 0 0 - VS' },
  { type: 'NSEC3PARAM', data: join(u8(1, 0), u16(10), u8(2), hex('beef')), text: '1 0 10 BEEF' },
  { type: 'NSEC3PARAM', data: join(u8(1, 0), u16(0), u8(0)), text: '1 0 0 -' },
  { type: 'TLSA', data: join(u8(3, 1, 1), hex('AB01')), text: '3 1 1 ab01' },
  { type: 'SMIMEA', data: join(u8(3, 1, 1), hex('AB01')), text: '3 1 1 ab01' },
  { type: 'SMIMEA', data: join(u8(3, 1, 1), Buffer.alloc(511)), text: `3 1 1 ${'0'.repeat(1022)}` },
  { type: 'SMIMEA', data: join(u8(3, 1, 1), Buffer.alloc(512)), text: `3 1 1 ${'0'.repeat(1024)} ` },
  { type: 'SMIMEA', data: join(u8(3, 1, 1), Buffer.alloc(600)), text: `3 1 1 ${'0'.repeat(1024)} ${'0'.repeat(176)}` },
  { type: 'SSHFP', data: join(u8(4, 2), hex('ab01')), text: '4 2 AB01' },
  { type: 'CERT', data: join(u16(1, 12345), u8(8), digest), text: 'PKIX 12345 RSASHA256 ASNFZ4mrze8=' },
  { type: 'CERT', data: join(u16(9, 0), u8(200), digest), text: '9 0 200 ASNFZ4mrze8=' },
  { type: 'DHCID', data: digest, text: 'ASNFZ4mrze8=' },
  { type: 'OPENPGPKEY', data: digest, text: 'ASNFZ4mrze8=' },
  { type: 'CSYNC', data: join(u32(66), u16(3), hex('0004 60000008')), text: '66 3 A NS AAAA' },
  { type: 'ZONEMD', data: join(u32(2_018_031_500), u8(1, 1), digest), text: '2018031500 1 1 0123456789abcdef' },
  {
    type: 'HIP',
    data: join(u8(2, 2), u16(8), hex('2001'), digest, names('rvs1.test', 'rvs2.test')),
    text: '2 2001 ASNFZ4mrze8= rvs1.test. rvs2.test.',
  },
  { type: 'IPSECKEY', data: join(u8(10, 0, 2), digest), text: '10 0 2 . ASNFZ4mrze8=' },
  { type: 'IPSECKEY', data: join(u8(10, 1, 2), hex('c0000226'), digest), text: '10 1 2 192.0.2.38 ASNFZ4mrze8=' },
  {
    type: 'IPSECKEY',
    data: join(u8(10, 2, 2), hex('20010db8 00008002 00000000 00000001'), digest),
    text: '10 2 2 2001:db8:0:8002::1 ASNFZ4mrze8=',
  },
  { type: 'IPSECKEY', data: join(u8(10, 3, 2), names('gw.test'), digest), text: '10 3 2 gw.test. ASNFZ4mrze8=' },
  { type: 'AMTRELAY', data: join(u8(10, 1), hex('cb007181')), text: '10 0 1 203.0.113.129' },
  { type: 'AMTRELAY', data: join(u8(10, 3), names('amt.test')), text: '10 0 3 amt.test.' },
  { type: 'AMTRELAY', data: u8(10, 128), text: '10 1 0 .' },
];

const services: RecordCase[] = [
  { type: 'HTTPS', data: join(u16(1), names('')), text: '1 .' },
  { type: 'SVCB', data: join(u16(0), names('svc.test')), text: '0 svc.test.' },
  {
    type: 'HTTPS',
    data: join(
      u16(1),
      names('h.test'),
      option(0, u16(1, 3, 700)),
      option(1, strings('h2', 'h3', 'a,b\\c;d')),
      option(2, Buffer.alloc(0)),
      option(3, u16(8443)),
      option(4, hex('c0000201 c0000202')),
      option(5, digest),
      option(6, hex('20010db8 00000000 00000000 00000001')),
      option(7, Buffer.from('/dns-query{?dns}')),
      option(8, Buffer.alloc(0)),
      option(700, Buffer.from('a"b;c d\\\u0001')),
    ),
    text: String.raw`1 h.test. mandatory="alpn,port,key700" alpn="h2,h3,a\\\044b\\\092c\;d" no-default-alpn="" port="8443" ipv4hint="192.0.2.1,192.0.2.2" ech="ASNFZ4mrze8=" ipv6hint="2001:db8::1" dohpath="/dns-query{?dns}" ohttp="" key700="a\"b\;c\ d\\\001"`,
  },
];

const edns: RecordCase[] = [
  {
    type: 'OPT',
    data: Buffer.alloc(0),
    text: '\n;; OPT PSEUDOSECTION:\n; EDNS: version 0; flags:; udp: 1232',
    options: { name: '', class: 1232, ttl: 0 },
  },
  {
    type: 'OPT',
    data: Buffer.alloc(0),
    text: '\n;; OPT PSEUDOSECTION:\n; EDNS: version 1; flags: do co; MBZ: 0x0001, udp: 512',
    options: { name: '', class: 512, ttl: 0x0001c001 },
  },
  ...(
    [
      [1, join(u16(1, 2, 3), hex('ffffffffffffffff'), u32(5)), 'LONG LIVED QUERIES: 1 2 3 18446744073709551615 5'],
      [2, u32(60), 'UPDATE LEASE: 60 0'],
      [2, u32(60, 70), 'UPDATE LEASE: 60 70'],
      [3, Buffer.from('ns\u00e9', 'latin1'), 'NSID: 6e73e9  (n)(s)(\u00e9)'],
      [4, Buffer.from('sip:x'), 'ESU: sip:x'],
      [5, u8(8, 13, 99), 'DNSSEC ALGORITHM UNDERSTOOD:  RSASHA256 ECDSAP256SHA256 99'],
      [6, u8(1, 2, 9), 'DS HASH UNDERSTOOD:  SHA1 SHA256 9'],
      [7, u8(1), 'NSEC3 HASH UNDERSTOOD:  SHA1'],
      [8, hex('0001 18 00 c00002'), 'SUBNET: 192.0.2.0/24/0'],
      [8, hex('0002 38 30 20010db8000000'), 'SUBNET: [2001:db8::]/56/48'],
      [8, hex('0000 00 00'), 'SUBNET: 0.0.0.0/0/0'],
      [9, u32(3600), 'EXPIRE: 3600'],
      [9, Buffer.alloc(0), 'EXPIRE: '],
      [10, hex('0102030405060708'), 'COOKIE: 0102030405060708'],
      [11, u16(12), 'KEEPALIVE: use tcp keep-alive, timeout 1200ms'],
      [11, Buffer.alloc(0), 'KEEPALIVE: use tcp keep-alive, timeout omitted'],
      [12, hex('00ab'), 'PADDING: 00AB'],
      [15, join(u16(18), Buffer.from('blocked \u00fc')), 'EDE: 18 (Prohibited): (blocked \u00fc)'],
      [15, u16(9999), 'EDE: 9999: ()'],
      [18, names('agent.test'), 'REPORT-CHANNEL: agent.test.'],
      [19, join(u8(2, 0), Buffer.from('v7')), 'ZONEVERSION: v7'],
      [65001, hex('0a0b'), 'LOCAL OPT: 65001:0x0a0b'],
    ] as const
  ).map(([code, value, text]) => ({
    type: 'OPT' as const,
    data: option(code, value),
    text: `\n;; OPT PSEUDOSECTION:\n; EDNS: version 0; flags:; udp: 1232\n; ${text}`,
    options: { name: '', class: 1232, ttl: 0 },
  })),
];

const others: RecordCase[] = [
  { type: 65280, data: hex('AB 01'), text: 'example.test.\t300\tCLASS1\tTYPE65280\t\\# 2 ab01' },
  { type: 65280, data: Buffer.alloc(0), text: 'example.test.\t300\tCLASS1\tTYPE65280\t\\# 0 ' },
  { type: 'ATMA', data: hex('00'), text: 'example.test.\t300\tCLASS1\tTYPE34\t\\# 1 00' },
  { type: 'UNSPEC', data: hex('00'), text: 'example.test.\t300\tCLASS1\tTYPE103\t\\# 1 00' },
  { type: 'EID', data: hex('ab01'), text: 'AB01' },
  { type: 'NIMLOC', data: hex('ab01'), text: 'AB01' },
  { type: 'NULL', data: Buffer.from('any \u00e9'), text: ';example.test.\t300\tIN\tNULL\tany \u00e9' },
  { type: 'NXNAME', data: Buffer.alloc(0), text: '' },
  { type: 'ANY', data: Buffer.alloc(0), text: '' },
  {
    type: 'TKEY',
    data: join(names('gss-tsig'), u32(inception, inception + 1), u16(3, 0), sized(hex('ab')), sized()),
    text: ';example.test.\t300\tIN\tTKEY\t gss-tsig. 20231114221320 20231114221321 3 0 1 ab 0 ',
  },
];

/** Data that ends early, as dynamic updates have it: what is missing counts as zero. */
const cut: RecordCase[] = [
  { type: 'A', data: Buffer.alloc(0), text: '' },
  { type: 'AAAA', data: Buffer.alloc(0), text: '' },
  { type: 'NS', data: Buffer.alloc(0), text: '' },
  { type: 'MX', data: Buffer.alloc(0), text: '0 ' },
  { type: 'SRV', data: u16(1, 2), text: '1 2 0 ' },
  { type: 'SOA', data: names('a', 'b'), text: 'a. b. 0 0 0 0 0' },
  { type: 'DS', data: u16(5), text: '5 0 0 ' },
  { type: 'RRSIG', data: u16(6), text: 'SOA 0 0 0 19700101000000 19700101000000 0  ' },
  { type: 'NSEC3', data: Buffer.alloc(0), text: '0 0 0 - ' },
  { type: 'CAA', data: u8(0), text: '0  ""' },
  { type: 'NAPTR', data: u16(1), text: '1 0 "" "" "" ' },
  { type: 'L32', data: u16(1), text: '1' },
  { type: 'EUI48', data: Buffer.alloc(0), text: '00-00-00-00-00-00' },
];

/** At least one record of every type, and of every form that its data has. */
export const recordCases: readonly RecordCase[] = [
  ...bareNames,
  ...nameForms,
  ...addresses,
  ...zones,
  ...texts,
  ...security,
  ...services,
  ...edns,
  ...others,
  ...cut,
];

/** A record's whole text. */
export function fullText({ type, text }: RecordCase): string {
  return /[\t\n]/.test(text) ? text : `example.test.\t300\tIN\t${type}\t${text}`;
}
