import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.ts';

/** One attribute of a name: a short name or a dotted OID, its text, and the ASN.1 string type (UTF8String by default). */
export type Attribute = readonly [type: string, value: string, stringType?: StringType];
/** A distinguished name: relative names in order, each with one attribute or several. */
export type Name = readonly (Attribute | readonly Attribute[])[];
export type StringType = 'utf8' | 'printable' | 'ia5' | 'teletex' | 'bmp' | 'numeric';

/** A certificate with its key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
  /** The certificate and those above it but for the root, as a server serves them. */
  readonly chain: string;
  readonly der: Buffer;
  /** Its subject in DER. */
  readonly subject: Buffer;
}

export interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface Authority extends Identity {
  readonly keys: Keys;
  readonly intermediates: string;
}

export interface CertificateOptions {
  readonly subject?: Name;
  /** Names, addresses, `email:` and `uri:` values of the subject's alternative name; none when empty. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly key?: 'ec' | 'rsa' | 'ed25519';
  readonly serial?: Buffer;
  readonly usage?: 'server' | 'client' | 'ocsp';
}

const oids: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  POSTALCODE: '2.5.4.17',
  givenName: '2.5.4.42',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  emailAddress: '1.2.840.113549.1.9.1',
};

const day = 24 * 60 * 60 * 1000;

/** A moment that many days from now, in whole seconds as certificates have it. */
export function daysFromNow(days: number): Date {
  return new Date(Math.floor((Date.now() + days * day) / 1000) * 1000);
}

/** A certificate authority: a root, or an intermediate below `parent`. */
export function authority(subject: Name, parent?: Authority, options: CertificateOptions = {}): Authority {
  const keys = keyPair(options.key ?? 'ec');
  const encoded = encodeName(subject);
  const made = build({ subject: encoded, keys, options, issuer: parent, isAuthority: true });
  return {
    ...made,
    keys,
    intermediates: parent === undefined ? '' : made.cert + parent.intermediates,
  };
}

/** A leaf below `issuer`, or one that signs itself. */
export function leaf(issuer: Authority | 'self', options: CertificateOptions = {}): Identity {
  return build({
    subject: encodeName(options.subject ?? [['CN', 'leaf.test']]),
    keys: keyPair(options.key ?? 'ec'),
    options: { names: ['localhost', '127.0.0.1', '::1'], ...options },
    issuer: issuer === 'self' ? undefined : issuer,
    isAuthority: false,
  });
}

function keyPair(kind: 'ec' | 'rsa' | 'ed25519'): Keys {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (kind === 'ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** A second certificate, as PEM, for the name and key of `subject`, signed by another authority. */
export function crossSigned(subject: Authority, issuer: Authority, options: CertificateOptions = {}): string {
  return build({ subject: subject.subject, keys: subject.keys, options, issuer, isAuthority: true }).cert;
}

interface Draft {
  readonly subject: Buffer;
  readonly keys: Keys;
  readonly options: CertificateOptions;
  readonly issuer: Authority | undefined;
  readonly isAuthority: boolean;
}

// The layout is that of RFC 5280 section 4.1.
function build(draft: Draft): Identity {
  const { subject, keys, options, issuer } = draft;
  const signer = issuer?.keys.privateKey ?? keys.privateKey;
  const algorithm = signatureAlgorithm(signer);
  const tbs = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(options.serial ?? Buffer.concat([Buffer.from([0x11]), randomBytes(9)])),
    algorithm,
    issuer?.subject ?? subject,
    der.sequence(der.time(options.notBefore ?? daysFromNow(-1)), der.time(options.notAfter ?? daysFromNow(90))),
    subject,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensions(draft))),
  );
  const digest = signer.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const certificate = der.sequence(tbs, algorithm, der.bitString(sign(digest, tbs, signer)));
  const cert = pem(certificate);
  return {
    cert,
    subject,
    der: certificate,
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    chain: cert + (issuer?.intermediates ?? ''),
  };
}

/** The AlgorithmIdentifier of what `sign` makes with this key, SHA-256 where it has no digest of its own. */
export function signatureAlgorithm(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'rsa') {
    return der.sequence(der.objectIdentifier('1.2.840.113549.1.1.11'), der.tlv(0x05));
  }
  const oid = key.asymmetricKeyType === 'ed25519' ? '1.3.101.112' : '1.2.840.10045.4.3.2';
  return der.sequence(der.objectIdentifier(oid));
}

function extensions({ keys, options, isAuthority }: Draft): Buffer[] {
  const keyUsage = isAuthority ? der.bitString(Buffer.from([0x06]), 1) : der.bitString(Buffer.from([0x80]), 7);
  const list = [
    extension('2.5.29.19', true, isAuthority ? der.sequence(der.boolean(true)) : der.sequence()),
    extension('2.5.29.15', true, keyUsage),
    extension('2.5.29.14', false, der.octetString(keyIdentifier(keys.publicKey))),
  ];
  if (!isAuthority) {
    const purpose = der.objectIdentifier(purposes[options.usage ?? 'server']);
    list.push(extension('2.5.29.37', false, der.sequence(purpose)));
  }
  const names = options.names ?? [];
  if (names.length > 0) list.push(extension('2.5.29.17', false, der.sequence(...names.map(alternativeName))));
  return list;
}

const purposes = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2', ocsp: '1.3.6.1.5.5.7.3.9' } as const;

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.objectIdentifier(oid), ...flag, der.octetString(value));
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

// GeneralName, RFC 5280 section 4.2.1.6.
function alternativeName(name: string): Buffer {
  if (name.startsWith('email:')) return der.implicit(1, Buffer.from(name.slice('email:'.length)));
  if (name.startsWith('uri:')) return der.implicit(6, Buffer.from(name.slice('uri:'.length)));
  if (isIP(name) === 4) return der.implicit(7, Buffer.from(name.split('.').map(Number)));
  if (isIP(name) === 6) return der.implicit(7, ipv6Octets(name));
  return der.implicit(2, Buffer.from(name));
}

function ipv6Octets(address: string): Buffer {
  const [left = [], right = []] = address.split('::').map(ipv6Groups);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return Buffer.from([...left, ...zeros, ...right].flatMap((group) => [group >> 8, group & 0xff]));
}

function ipv6Groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function encodeName(name: Name): Buffer {
  return der.sequence(...name.map((part) => der.setOf(...(isSingle(part) ? [part] : part).map(encodeAttribute))));
}

function isSingle(part: Attribute | readonly Attribute[]): part is Attribute {
  return typeof part[0] === 'string';
}

function encodeAttribute([type, value, stringType = 'utf8']: Attribute): Buffer {
  return der.sequence(der.objectIdentifier(oids[type] ?? type), encodeString(value, stringType));
}

const latin1 = (value: string): Buffer => Buffer.from(value, 'latin1');

const stringTypes: Readonly<Record<StringType, readonly [tag: number, encode: (value: string) => Buffer]>> = {
  utf8: [0x0c, (value) => Buffer.from(value, 'utf8')],
  numeric: [0x12, latin1],
  printable: [0x13, latin1],
  teletex: [0x14, latin1],
  ia5: [0x16, latin1],
  bmp: [0x1e, (value) => Buffer.from(value, 'utf16le').swap16()],
};

function encodeString(value: string, type: StringType): Buffer {
  const [tag, encode] = stringTypes[type];
  return der.tlv(tag, encode(value));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
