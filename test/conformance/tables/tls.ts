import { crossSigned, daysFromNow, type Identity } from '../../support/certificates.ts';
import {
  belowRoot,
  client,
  expired,
  foreignClient,
  foreignRoot,
  identity,
  intermediate,
  notYetValid,
  root,
  selfSigned,
  untrusted,
  valid,
  validRsa,
  withoutNames,
  wrongHost,
} from '../../support/identities.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import { otherwise } from '../mends.ts';
import type { ProbeCase } from '../probe-case.ts';
import { http, https, tcp, tls as tlsTarget, type OpenTarget } from '../targets.ts';
import { both, failing, trusting } from '../tls-cases.ts';

const verification: ProbeCase[] = [
  ...both('valid', valid(), trusting),
  ...both('valid, RSA', validRsa(), trusting),
  ...both('valid, Ed25519', identity('ed25519', { key: 'ed25519' }), trusting),
  ...both('valid, by a file', valid(), { ca_file: temporaryFile('root.pem', root.cert) }),
  ...both('valid, without an intermediate', belowRoot(), trusting),
  ...both('valid, the intermediate is trusted too', valid(), { ca: intermediate.cert + root.cert }),
  ...both('valid, only the intermediate is trusted', valid(), { ca: intermediate.cert }),
  ...failing('valid, but no authority is named', valid(), undefined),
  ...both('valid, unverified', valid(), { insecure_skip_verify: true }),
  ...both('valid, unverified though an authority is named', valid(), { ...trusting, insecure_skip_verify: true }),
  ...failing('the intermediate is not served', { ...valid(), chain: valid().cert }, trusting),
  ...both('the root is served as well', { ...valid(), chain: valid().chain + root.cert }, trusting),
  ...failing('expired', expired(), trusting),
  ...both('expired, unverified', expired(), { insecure_skip_verify: true }),
  ...failing('not yet valid', notYetValid(), trusting),
  ...both('not yet valid, unverified', notYetValid(), { insecure_skip_verify: true }),
  ...failing('of another host', wrongHost(), trusting),
  ...both('of another host, unverified', wrongHost(), { insecure_skip_verify: true }),
  ...failing('without alternative names', withoutNames(), trusting),
  ...failing('signed by itself', selfSigned(), trusting),
  ...both('signed by itself, unverified', selfSigned(), { insecure_skip_verify: true }),
  ...both('signed by itself, and trusted', selfSigned(), { ca: selfSigned().cert }),
  ...failing('of a foreign authority', untrusted(), trusting),
  ...both('of a foreign authority, unverified', untrusted(), { insecure_skip_verify: true }),
  ...both('two authorities are trusted', untrusted(), { ca: root.cert + foreignRoot.cert }),
  ...both('the leaf expires after its authority', identity('long-lived', { notAfter: daysFromNow(400) }), trusting),
  ...both('two ways to two roots', crossSignedServer(), { ca: root.cert + foreignRoot.cert }),
  ...both('an expiry after 2050', identity('far', { notAfter: new Date('2061-05-06T07:08:09Z') }), trusting),
  ...both('a wildcard', identity('wildcard', { names: ['*.wild.test'] }), { ...trusting, server_name: 'a.wild.test' }),
  ...failing('a wildcard two labels up', identity('wildcard', { names: ['*.wild.test'] }), {
    ...trusting,
    server_name: 'a.b.wild.test',
  }),
  ...both('a serial number with leading zeros', identity('serial', { serial: Buffer.from('00ab0c', 'hex') }), trusting),
  ...both(
    'a serial number of 20 octets',
    identity('serial-20', { serial: Buffer.from(`7f${'a5'.repeat(19)}`, 'hex') }),
    trusting,
  ),
  ...both('the serial number 5', identity('serial-5', { serial: Buffer.from([5]) }), trusting),
];

function crossSignedServer(): Identity {
  const other = crossSigned(intermediate, foreignRoot, { notAfter: daysFromNow(75) });
  return { ...valid(), chain: valid().chain + other };
}

const names: ProbeCase[] = [
  ...both('server_name', identity('named', { names: ['named.test'] }), { ...trusting, server_name: 'named.test' }),
  ...failing('server_name of another host', valid(), { ...trusting, server_name: 'other.test' }),
  ...both('server_name that is an address', valid(), { ...trusting, server_name: '127.0.0.1' }),
  ...both('hostname parameter', identity('named', { names: ['named.test'] }), trusting, {
    query: { hostname: 'named.test' },
  }),
  ...failing('hostname parameter of another host', valid(), trusting, { query: { hostname: 'other.test' } }),
  ...both(
    'hostname parameter beside server_name',
    identity('named', { names: ['named.test'] }),
    { ...trusting, server_name: 'named.test' },
    { query: { hostname: 'other.test' } },
  ),
  {
    name: 'https: Host header',
    module: { prober: 'http', http: { tls_config: trusting, headers: { host: 'named.test' } } },
    target: https(identity('named', { names: ['named.test'] })),
  },
  {
    name: 'https: Host header with a port',
    differs: otherwise('a port in the Host header is no part of the server name'),
    module: { prober: 'http', http: { tls_config: trusting, headers: { Host: 'named.test:443' } } },
    target: https(identity('named', { names: ['named.test'] })),
  },
  {
    name: 'https: a name',
    module: { prober: 'http', http: { preferred_ip_protocol: 'ip4', tls_config: trusting } },
    target: renamed(https(valid())),
  },
  {
    name: 'tcp: a name',
    module: { prober: 'tcp', tcp: { tls: true, preferred_ip_protocol: 'ip4', tls_config: trusting } },
    target: renamed(tlsTarget(valid())),
  },
];

function renamed(open: OpenTarget): OpenTarget {
  return async (lifetime) => {
    const opened = await open(lifetime);
    return { ...opened, target: opened.target.replace('127.0.0.1', 'localhost') };
  };
}

const asking = { requestCert: true, rejectUnauthorized: true, ca: root.cert };
const own = { cert: client().cert, key: client().key };

const clients: ProbeCase[] = [
  ...both('a client certificate', valid(), { ...trusting, ...own }, { options: asking }),
  ...both(
    'a client certificate by files',
    valid(),
    {
      ...trusting,
      cert_file: temporaryFile('client.pem', client().cert),
      key_file: temporaryFile('client.key', client().key),
    },
    { options: asking },
  ),
  ...failing('no client certificate where one is wanted', valid(), trusting, {
    options: { ...asking, maxVersion: 'TLSv1.2' },
  }),
  ...failing(
    'a foreign client certificate',
    valid(),
    { ...trusting, cert: foreignClient().cert, key: foreignClient().key },
    { options: { ...asking, maxVersion: 'TLSv1.2' } },
  ),
  ...both('a client certificate that nobody wants', valid(), { ...trusting, ...own }),
  {
    name: 'https: no client certificate where one is wanted, TLS 1.3',
    module: { prober: 'http', http: { tls_config: trusting } },
    target: https(valid(), undefined, asking),
  },
];

const files: ProbeCase[] = [
  ...both('a missing ca_file', valid(), { ca_file: '/nonexistent/ca.pem' }),
  ...both('a ca_file without a certificate', valid(), { ca_file: temporaryFile('empty.pem', 'nothing here\n') }),
  ...both('an empty ca_file', valid(), { ca_file: temporaryFile('zero.pem', '') }),
  ...both('a missing cert_file', valid(), {
    ...trusting,
    cert_file: '/nonexistent/cert.pem',
    key_file: '/nonexistent/key.pem',
  }),
  ...both(
    'a key of another certificate',
    valid(),
    { ...trusting, cert: client().cert, key: foreignClient().key },
    { options: asking },
  ),
];

const checks: ProbeCase[] = [
  {
    name: 'fail_if_ssl over https',
    module: { prober: 'http', http: { tls_config: trusting, fail_if_ssl: true } },
    target: https(valid()),
  },
  {
    name: 'fail_if_not_ssl over https',
    module: { prober: 'http', http: { tls_config: trusting, fail_if_not_ssl: true } },
    target: https(valid()),
  },
];

const plain: ProbeCase[] = [
  {
    name: 'a tls_config over plain http',
    module: { prober: 'http', http: { tls_config: { ca_file: '/nonexistent/ca.pem' } } },
    target: http(),
  },
  {
    name: 'a tls_config over plain tcp',
    module: { prober: 'tcp', tcp: { tls_config: { ca_file: '/nonexistent/ca.pem' } } },
    target: tcp(),
  },
];

/** Certificates, the names in them, and the files that a `tls_config` names. */
export const tls: readonly ProbeCase[] = [...verification, ...names, ...clients, ...files, ...checks, ...plain];
