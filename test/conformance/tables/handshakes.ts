import { valid, validRsa } from '../../support/identities.ts';
import { serveHttp, type TlsServerOptions } from '../../support/servers.ts';
import { reached } from '../mends.ts';
import type { ProbeCase } from '../probe-case.ts';
import { finish, https, tcp, unseen, type OpenTarget } from '../targets.ts';
import { both, failing, trusting } from '../tls-cases.ts';

const versions: ProbeCase[] = [
  ...both('TLS 1.2', valid(), trusting, { options: { maxVersion: 'TLSv1.2' } }),
  ...both('max_version TLS12', valid(), { ...trusting, max_version: 'TLS12' }),
  ...both('min_version TLS13', valid(), { ...trusting, min_version: 'TLS13' }),
  ...failing(
    'min_version TLS13 against TLS 1.2',
    valid(),
    { ...trusting, min_version: 'TLS13' },
    { options: { maxVersion: 'TLSv1.2' } },
  ),
  ...failing(
    'max_version TLS12 against TLS 1.3',
    valid(),
    { ...trusting, max_version: 'TLS12' },
    { options: { minVersion: 'TLSv1.3' } },
  ),
  ...both('min_version and max_version TLS12', valid(), { ...trusting, min_version: 'TLS12', max_version: 'TLS12' }),
  ...failing('TLS 1.1 only', valid(), trusting, { options: old('TLSv1.1') }),
  ...both('TLS 1.1 only, allowed', valid(), { ...trusting, min_version: 'TLS11' }, { options: old('TLSv1.1') }),
  ...failing('TLS 1.0 only', valid(), trusting, { options: old('TLSv1') }),
  ...both('TLS 1.0 only, allowed', valid(), { ...trusting, min_version: 'TLS10' }, { options: old('TLSv1') }),
  ...both('TLS 1.0 only, allowed, RSA', validRsa(), { ...trusting, min_version: 'TLS10' }, { options: old('TLSv1') }),
];

function old(version: 'TLSv1' | 'TLSv1.1'): TlsServerOptions {
  return { minVersion: 'TLSv1', maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
}

const ciphers: ProbeCase[] = [
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'].flatMap((ciphers) =>
    both(ciphers, valid(), trusting, { options: { ciphers, minVersion: 'TLSv1.3' } }),
  ),
  ...[
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-RSA-AES128-SHA',
    'ECDHE-RSA-AES256-SHA',
  ].flatMap((ciphers) => both(ciphers, validRsa(), trusting, { options: { ciphers, maxVersion: 'TLSv1.2' } })),
  ...['AES128-GCM-SHA256', 'AES256-SHA', 'DHE-RSA-AES128-GCM-SHA256'].flatMap((ciphers) =>
    failing(ciphers, validRsa(), trusting, { options: { ciphers, maxVersion: 'TLSv1.2' } }),
  ),
  ...both('ECDHE-ECDSA-AES128-GCM-SHA256', valid(), trusting, {
    options: { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' },
  }),
];

const over = (tls_config: object, rest: object = {}) => ({ prober: 'http', http: { tls_config }, ...rest });

const notTls: ProbeCase[] = [
  {
    name: 'https: the server speaks plain http',
    differs: reached('connect', 'tls'),
    module: over(trusting, { timeout: '2s' }),
    target: async (lifetime) => ({ target: `https://${(await serveHttp(lifetime)).address}/` }),
  },
  {
    name: 'https: the server speaks another protocol',
    differs: reached('connect', 'tls'),
    module: over(trusting, { timeout: '2s' }),
    target: httpsTo(tcp((socket) => finish(socket, '220 mail.test ESMTP\r\n', 'keep'))),
  },
  {
    name: 'https: the server ends the handshake',
    differs: reached('connect', 'tls'),
    module: over(trusting, { timeout: '2s' }),
    target: httpsTo(tcp((socket) => void socket.once('data', () => socket.end()))),
  },
  {
    name: 'https: the server resets the handshake',
    differs: reached('connect', 'tls'),
    module: over(trusting, { timeout: '2s' }),
    target: httpsTo(tcp((socket) => void socket.once('data', () => socket.resetAndDestroy()))),
  },
  {
    name: 'https: the server sends an alert',
    differs: reached('connect', 'tls'),
    module: over(trusting, { timeout: '2s' }),
    target: httpsTo(
      tcp((socket) => void socket.once('data', () => finish(socket, Buffer.from('15030300020228', 'hex'), 'end'))),
    ),
  },
  {
    name: 'https: the server is silent',
    differs: reached('connect', 'tls'),
    module: over(trusting, { timeout: '300ms' }),
    target: httpsTo(tcp()),
  },
  {
    name: 'http: the server speaks TLS',
    module: { prober: 'http', timeout: '2s' },
    target: async (lifetime) => ({ target: (await https(valid())(lifetime)).target.replace('https:', 'http:') }),
  },
  {
    name: 'tcp: the server speaks another protocol',
    module: { prober: 'tcp', timeout: '2s', tcp: { tls: true, tls_config: trusting } },
    target: unseen(tcp((socket) => finish(socket, '220 mail.test ESMTP\r\n', 'keep'))),
  },
  {
    name: 'tcp: the server ends the handshake',
    module: { prober: 'tcp', timeout: '2s', tcp: { tls: true, tls_config: trusting } },
    target: unseen(tcp((socket) => void socket.once('data', () => socket.end()))),
  },
  {
    name: 'tcp: the server is silent',
    module: { prober: 'tcp', timeout: '300ms', tcp: { tls: true, tls_config: trusting } },
    target: unseen(tcp()),
  },
];

function httpsTo(open: OpenTarget): OpenTarget {
  return async (lifetime) => ({ target: `https://${(await open(lifetime)).target}/` });
}

/** TLS versions, ciphers, and servers that do not shake hands. */
export const handshakes: readonly ProbeCase[] = [...versions, ...ciphers, ...notTls];
