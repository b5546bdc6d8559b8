import { classText, type TypeName, types, typeText } from './codes.ts';
import { algorithmText, ednsOptions, ednsText } from './edns.ts';
import * as fields from './fields.ts';
import type { Field } from './fields.ts';
import { location } from './location.ts';
import { serviceParameters } from './service.ts';
import { WireError, type WireReader } from './wire.ts';

/** A resource record (RFC 1035, section 3.2.1). */
export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** The data as words of its presentation form. */
  readonly data: readonly string[];
}

const { base64, bareText, hex, name, names, octets, text, texts, time, type, typeBitmap, u16, u32, u8, upperHex } =
  fields;

const certificateTypes: Readonly<Record<number, string>> = {
  1: 'PKIX',
  2: 'SPKI',
  3: 'PGP',
  4: 'IPIX',
  5: 'ISPKI',
  6: 'IPGP',
  7: 'ACPKIX',
  8: 'IACPKIX',
  253: 'URI',
  254: 'OID',
};

/** RFC 4398, section 2. */
const certificateHead: Field = {
  read: (data) => {
    const kind = data.u16();
    const tag = data.u16();
    return [certificateTypes[kind] ?? String(kind), String(tag), algorithmText(data.u8())];
  },
  absent: ['0', '0', '0'],
};

/** RFC 4025, section 2. */
const ipsecHead: Field = {
  read: (data) => {
    const [precedence, kind, algorithm] = [data.u8(), data.u8(), data.u8()];
    return [precedence, kind, algorithm, fields.gateway(kind, data)].map(String);
  },
  absent: ['0', '0', '0', '.'],
};

/** RFC 8777, section 4. */
const relay: Field = {
  read: (data) => {
    const precedence = data.u8();
    const kind = data.ended ? 0 : data.u8();
    return [precedence, kind >> 7, kind & 0x7f, fields.gateway(kind & 0x7f, data)].map(String);
  },
  absent: ['0', '0', '0', '.'],
};

/** RFC 8005, section 5: the lengths stand before the algorithm on the wire, and not at all in the text. */
const hostIdentity: Field = {
  read: (data) => {
    const tagLength = data.u8();
    const algorithm = data.u8();
    const keyLength = data.u16();
    return [String(algorithm), data.take(tagLength).toString('hex'), data.take(keyLength).toString('base64')];
  },
  absent: ['0', '', ''],
};

const digest = [u16, u8, u8, upperHex];
const key = [u16, u8, u8, base64];
const signature = [type, u8, u8, u32, time, time, u16, name, base64];
const service = [u16, name, serviceParameters];
const association = [u8, u8, u8];

/** What the data of each known type consists of. Every other type is shown after RFC 3597. */
const formats: Readonly<Partial<Record<TypeName, readonly Field[]>>> = {
  A: [{ ...fields.ipv4, absent: [''] }],
  NS: [name],
  MD: [name],
  MF: [name],
  CNAME: [name],
  SOA: [name, name, u32, u32, u32, u32, u32],
  MB: [name],
  MG: [name],
  MR: [name],
  NULL: [fields.raw],
  PTR: [name],
  HINFO: [text, text],
  MINFO: [name, name],
  MX: [u16, name],
  TXT: [texts],
  RP: [name, name],
  AFSDB: [u16, name],
  X25: [bareText],
  ISDN: [text, text],
  RT: [u16, name],
  'NSAP-PTR': [name],
  SIG: signature,
  KEY: key,
  PX: [u16, name, name],
  GPOS: [bareText, bareText, bareText],
  AAAA: [fields.ipv6],
  LOC: [location],
  NXT: [name, typeBitmap],
  EID: [upperHex],
  NIMLOC: [upperHex],
  SRV: [u16, u16, u16, name],
  NAPTR: [u16, u16, text, text, text, name],
  KX: [u16, name],
  CERT: [certificateHead, base64],
  DNAME: [name],
  OPT: [ednsOptions],
  APL: [fields.prefixes],
  DS: digest,
  SSHFP: [u8, u8, upperHex],
  IPSECKEY: [ipsecHead, base64],
  RRSIG: signature,
  NSEC: [name, typeBitmap],
  DNSKEY: key,
  DHCID: [base64],
  NSEC3: [u8, u8, u16, fields.salt, fields.base32, typeBitmap],
  NSEC3PARAM: [u8, u8, u16, fields.salt],
  TLSA: [...association, hex],
  SMIMEA: [...association, fields.longHex],
  HIP: [hostIdentity, names],
  NINFO: [texts],
  RKEY: key,
  TALINK: [name, name],
  CDS: digest,
  CDNSKEY: key,
  OPENPGPKEY: [base64],
  CSYNC: [u32, u16, typeBitmap],
  ZONEMD: [u32, u8, u8, hex],
  SVCB: service,
  HTTPS: service,
  SPF: [texts],
  UINFO: [text],
  UID: [u32],
  GID: [u32],
  NID: [u16, fields.groups],
  L32: [u16, fields.ipv4],
  L64: [u16, fields.upperGroups],
  LP: [u16, name],
  EUI48: [fields.eui48],
  EUI64: [fields.eui64],
  NXNAME: [],
  TKEY: [fields.gap, name, time, time, u16, u16, fields.sizedHex, fields.sizedHex],
  ANY: [],
  URI: [u16, u16, octets],
  CAA: [u8, bareText, octets],
  AVC: [texts],
  AMTRELAY: [relay],
  RESINFO: [texts],
  TA: digest,
  DLV: digest,
};

const formatsByType = new Map(
  Object.entries(formats).map(([name, format]) => [types[name as TypeName] as number, format]),
);

/** Types without a presentation form are shown as comments. */
const comments: ReadonlySet<number> = new Set([types.NULL, types.TKEY]);

/** Reads a record. Throws WireError. */
export function readRecord(reader: WireReader): DnsRecord {
  const name = reader.name();
  const type = reader.u16();
  const code = reader.u16();
  const ttl = reader.u32();
  const data = reader.within(reader.u16());
  const format = formatsByType.get(type) ?? [fields.generic];
  const words = format.flatMap((field) => (data.ended ? field.absent : field.read(data)));
  if (!data.ended) throw new WireError(`The data of a record of type ${typeText(type)} is too long`);
  return { name, type, class: code, ttl, data: words };
}

/** A record as one line: name, TTL, class, type, data, separated by tabs (OPT: as a comment of several lines). */
export function recordText({ name, type, class: code, ttl, data }: DnsRecord): string {
  if (type === types.OPT) return ednsText(code, ttl, data);
  const known = formatsByType.has(type);
  const head = [
    name,
    ttl,
    known ? classText(code) : `CLASS${code}`,
    known ? typeText(type) : `TYPE${type}`,
    data.join(' '),
  ];
  return `${comments.has(type) ? ';' : ''}${head.join('\t')}`;
}

/** The serial number of the last SOA among records; undefined when there is none. */
export function serialOf(records: readonly DnsRecord[]): number | undefined {
  const soa = records.findLast((record) => record.type === types.SOA);
  return soa === undefined ? undefined : Number(soa.data[2]);
}
