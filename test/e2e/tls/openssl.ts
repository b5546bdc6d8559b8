import { runChild, startChild } from '../../support/child.ts';
import type { Identity } from '../../support/certificates.ts';
import type { Lifetime } from '../../support/servers.ts';
import { temporaryFile } from '../../support/temporary-files.ts';

/** One certificate as `openssl x509` shows it; dates in seconds since the epoch. */
export interface ShownCertificate {
  readonly pem: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly fingerprint: string;
  readonly keyAlgorithm: string;
  readonly keyBits: string;
  readonly signature: string;
  readonly names: string;
}

/** What `openssl s_client` saw. */
export interface Seen {
  readonly chain: readonly ShownCertificate[];
  /** The number of X509_V_ERR_..., 0 for a certificate that verifies. */
  readonly verifyCode: number;
  readonly version: string;
  readonly cipher: string;
  readonly group: string;
  readonly text: string;
}

/** Starts `openssl s_server` on a free port; gives `127.0.0.1:PORT`. */
export async function serve(
  lifetime: Lifetime,
  openssl: string,
  identity: Identity,
  flags: readonly string[],
): Promise<string> {
  const server = startChild(lifetime, openssl, [
    's_server',
    '-accept',
    '127.0.0.1:0',
    '-www',
    '-cert',
    file(identity.cert),
    '-key',
    file(identity.key),
    ...(identity.chain === identity.cert ? [] : ['-cert_chain', file(identity.chain.replace(identity.cert, ''))]),
    ...flags,
  ]);
  const [, port = ''] = await server.waitFor(/ACCEPT \S*:(\d+)/);
  return `127.0.0.1:${port}`;
}

/** Connects by `openssl s_client`, trusting `ca`. */
export async function look(openssl: string, address: string, ca: string, name: readonly string[]): Promise<Seen> {
  const text = await run(openssl, [
    's_client',
    '-connect',
    address,
    '-showcerts',
    '-status',
    '-partial_chain',
    '-CAfile',
    file(ca),
    ...name,
  ]);
  // A staple, which comes before the chain, may have certificates of its own.
  const chain = text.slice(text.indexOf('\nCertificate chain\n'));
  const certificates = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
  const [, version = '', cipher = ''] = /^New, (\S+), Cipher is (\S+)/m.exec(text) ?? [];
  const [, group = ''] =
    /^(?:Negotiated TLS1.3 group: |(?:Server|Peer) Temp Key: (?:ECDH, )?)([\w-]+)/m.exec(text) ?? [];
  return {
    chain: await Promise.all(certificates.map((pem) => show(openssl, pem))),
    verifyCode: Number(/^ *Verify return code: (\d+)/m.exec(text)?.[1]),
    version,
    cipher,
    group,
    text,
  };
}

/** Reads a certificate by `openssl x509`. */
export async function show(openssl: string, pem: string): Promise<ShownCertificate> {
  const text = await run(
    openssl,
    [
      'x509',
      '-noout',
      '-text',
      '-dates',
      '-dateopt',
      'iso_8601',
      '-serial',
      '-fingerprint',
      '-sha256',
      '-nameopt',
      'RFC2253',
    ],
    pem,
  );
  const field = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
  const key = field(/Public Key Algorithm: (\S+)/);
  return {
    pem,
    subject: field(/^ +Subject: ?(.*)$/m),
    issuer: field(/^ +Issuer: ?(.*)$/m),
    serial: field(/^serial=(.*)$/m).toLowerCase(),
    notBefore: Date.parse(field(/^notBefore=(.*)$/m)) / 1000,
    notAfter: Date.parse(field(/^notAfter=(.*)$/m)) / 1000,
    fingerprint: field(/Fingerprint=(.*)$/im)
      .replaceAll(':', '')
      .toLowerCase(),
    keyAlgorithm: key,
    keyBits: key === 'ED25519' ? '256' : field(/Public-Key: \((\d+) bit\)/),
    signature: field(/Signature Algorithm: (\S+)/),
    names: [...text.matchAll(/DNS:([^,\s]+)/g)].map(([, name]) => name).join(','),
  };
}

/** The subjects of the chain that `openssl verify` builds, the server's own first. */
export async function verifiedSubjects(
  openssl: string,
  ca: string,
  chain: readonly ShownCertificate[],
): Promise<string[]> {
  const [leaf, ...others] = chain.map(({ pem }) => pem);
  const text = await run(openssl, [
    'verify',
    '-show_chain',
    '-nameopt',
    'RFC2253',
    '-partial_chain',
    '-CAfile',
    file(ca),
    ...(others.length === 0 ? [] : ['-untrusted', file(others.join(''))]),
    file(leaf ?? ''),
  ]);
  return [...text.matchAll(/^depth=\d+: ?(.*?)(?: \(untrusted\))?$/gm)].map(([, subject = '']) => subject);
}

/** What `openssl ocsp` makes of a response; times in seconds since the epoch. */
export async function readResponse(
  openssl: string,
  response: Buffer,
  subject: string,
  issuer: string,
): Promise<{ verified: boolean; status: string; times: Readonly<Record<string, number>> }> {
  const flags = ['-respin', temporaryFile(`${files++}.der`, response), '-issuer', file(issuer), '-cert', file(subject)];
  const text = await run(openssl, [
    'ocsp',
    ...flags,
    '-CAfile',
    file(issuer),
    '-partial_chain',
    '-resp_text',
    '-no_nonce',
  ]);
  const time = (name: string): number => Date.parse(new RegExp(`${name}: (.*)$`, 'm').exec(text)?.[1] ?? '') / 1000;
  return {
    verified: /^Response verify OK$/m.test(text) && !/WARNING: Status times invalid/.test(text),
    status: /Cert Status: (\w+)/.exec(text)?.[1] ?? '',
    times: { this_update: time('This Update'), next_update: time('Next Update'), produced_at: time('Produced At') },
  };
}

let files = 0;

function file(content: string): string {
  return temporaryFile(`openssl-${files++}.pem`, content);
}

async function run(openssl: string, flags: readonly string[], input = ''): Promise<string> {
  const { output } = await runChild(openssl, flags, { input });
  return output;
}
