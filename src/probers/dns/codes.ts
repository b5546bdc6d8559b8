/** Record types by name, as blackbox_exporter knows them (IANA DNS parameters). */
export const types = {
  None: 0,
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  X25: 19,
  ISDN: 20,
  RT: 21,
  'NSAP-PTR': 23,
  SIG: 24,
  KEY: 25,
  PX: 26,
  GPOS: 27,
  AAAA: 28,
  LOC: 29,
  NXT: 30,
  EID: 31,
  NIMLOC: 32,
  SRV: 33,
  ATMA: 34,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  HIP: 55,
  NINFO: 56,
  RKEY: 57,
  TALINK: 58,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  UINFO: 100,
  UID: 101,
  GID: 102,
  UNSPEC: 103,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  NXNAME: 128,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
  AVC: 258,
  AMTRELAY: 260,
  RESINFO: 261,
  TA: 32768,
  DLV: 32769,
  Reserved: 65535,
} as const;
export type TypeName = keyof typeof types;

export const classes = { IN: 1, CS: 2, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

/** Response codes by name; where two names share a code, the first is the one that is shown. */
export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  NOTIMPL: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  DSOTYPENI: 11,
  BADSIG: 16,
  BADVERS: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
  BADCOOKIE: 23,
} as const;

/** One of the registries above, and how a code without a name is written: `TYPE65280` (RFC 3597), or just 65280. */
export interface Codes {
  readonly names: Readonly<Record<string, number>>;
  readonly prefix: string;
  readonly max: number;
}

export const typeCodes: Codes = { names: types, prefix: 'TYPE', max: 0xffff };
export const classCodes: Codes = { names: classes, prefix: 'CLASS', max: 0xffff };
export const rcodeCodes: Codes = { names: rcodes, prefix: 'RCODE', max: 0xfff };

/** The code that a name, a prefixed number or a number stands for; undefined when it is none. */
export function parseCode({ names, prefix, max }: Codes, text: string): number | undefined {
  if (Object.hasOwn(names, text)) return names[text];
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const code = /^\d{1,5}$/.test(digits) ? Number(digits) : Infinity;
  return code <= max ? code : undefined;
}

const typeNames = inverse(types);
const classNames = inverse(classes);
const rcodeNames = inverse(rcodes);

export function typeText(type: number): string {
  return typeNames.get(type) ?? `TYPE${type}`;
}

/** A class as records show it: ANY, which is a type as well, by its number. */
export function classText(code: number): string {
  return (code === classes.ANY ? undefined : classNames.get(code)) ?? `CLASS${code}`;
}

export function rcodeText(rcode: number): string {
  return rcodeNames.get(rcode) ?? `RCODE${rcode}`;
}

function inverse(names: Readonly<Record<string, number>>): Map<number, string> {
  return new Map(
    Object.entries(names)
      .reverse()
      .map(([name, code]) => [code, name]),
  );
}
