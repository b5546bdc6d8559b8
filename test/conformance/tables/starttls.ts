import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { Identity } from '../../support/certificates.ts';
import { client, expired, root, selfSigned, valid, wrongHost } from '../../support/identities.ts';
import { serveMail } from '../../support/mail-server.ts';
import { serveTcp } from '../../support/servers.ts';
import type { ProbeCase } from '../probe-case.ts';
import { ConversationRecorder, type OpenTarget } from '../targets.ts';

const smtp = [
  { expect: '^220 ([^ ]+) ESMTP', labels: [{ name: 'server', value: '$1' }] },
  { send: 'EHLO prober\r' },
  { expect: '^250[- ]STARTTLS' },
  { send: 'STARTTLS\r' },
  { expect: '^220' },
  { starttls: true },
  { send: 'EHLO prober\r' },
  { expect: '^250[- ]AUTH' },
  { send: 'QUIT\r' },
];

const module = (tls_config: object | undefined, query_response: readonly object[] = smtp, options: object = {}) => ({
  prober: 'tcp',
  timeout: '2s',
  tcp: { query_response, ...(tls_config === undefined ? {} : { tls_config }), ...options },
});

/** A mail server that offers STARTTLS; it records what it hears after the handshake. */
const mail =
  (identity: Identity, tls: TlsOptions = {}, host = '127.0.0.1'): OpenTarget =>
  async (lifetime) => {
    const recorder = new ConversationRecorder();
    const server = await serveMail(lifetime, identity, {
      tls,
      onConnection: (socket) => recorder.expect(socket),
      onStartTls: (socket) => void recorder.listen(socket),
    });
    return { ...recorder.opened(server), target: `${host}:${server.port}` };
  };

const early = [{ expect: '^220' }, { starttls: true }];
const scripted =
  (script: (socket: Socket) => void): OpenTarget =>
  async (lifetime) => ({ target: (await serveTcp(lifetime, script)).address });

export const starttls: readonly ProbeCase[] = [
  { name: 'valid', module: module({ ca: root.cert }), target: mail(valid()) },
  {
    name: 'valid, of a name',
    module: module({ ca: root.cert }, smtp, { preferred_ip_protocol: 'ip4' }),
    target: mail(valid(), {}, 'localhost'),
  },
  { name: 'no authority is named', module: module(undefined), target: mail(valid()) },
  { name: 'unverified', module: module({ insecure_skip_verify: true }), target: mail(selfSigned()) },
  { name: 'signed by itself', module: module({ ca: root.cert }), target: mail(selfSigned()) },
  { name: 'expired', module: module({ ca: root.cert }), target: mail(expired()) },
  { name: 'expired, unverified', module: module({ insecure_skip_verify: true }), target: mail(expired()) },
  { name: 'of another host', module: module({ ca: root.cert }), target: mail(wrongHost()) },
  { name: 'server_name', module: module({ ca: root.cert, server_name: 'other.test' }), target: mail(wrongHost()) },
  {
    name: 'the hostname parameter',
    module: module({ ca: root.cert }),
    target: mail(wrongHost()),
    query: { hostname: 'other.test' },
  },
  { name: 'TLS 1.2', module: module({ ca: root.cert, max_version: 'TLS12' }), target: mail(valid()) },
  {
    name: 'a client certificate',
    module: module({ ca: root.cert, cert: client().cert, key: client().key }),
    target: mail(valid(), { requestCert: true, rejectUnauthorized: true, ca: root.cert }),
  },
  { name: 'starttls as the last step', module: module({ ca: root.cert }, smtp.slice(0, 6)), target: mail(valid()) },
  {
    name: 'starttls and a line in one step',
    module: module({ ca: root.cert }, [
      ...smtp.slice(0, 3),
      { send: 'STARTTLS\r' },
      { expect: '^220', starttls: true },
      ...smtp.slice(6),
    ]),
    target: mail(valid()),
  },
  { name: 'a missing ca_file', module: module({ ca_file: '/nonexistent/ca.pem' }), target: mail(valid()) },
  {
    name: 'the server does not offer it',
    module: module({ ca: root.cert }),
    target: scripted((socket) => void socket.end('220 mail.test ESMTP\r\n250 HELP\r\n')),
  },
  {
    name: 'the server ends instead of a handshake',
    module: module({ ca: root.cert }, early),
    target: scripted((socket) => void socket.end('220 go\r\n')),
  },
  {
    name: 'the server answers in plain text instead of a handshake',
    module: module({ ca: root.cert }, early),
    target: scripted((socket) => {
      socket.write('220 go\r\n');
      socket.once('data', () => socket.end('454 not available\r\n'));
    }),
  },
  {
    name: 'the server is silent instead of a handshake',
    module: { ...module({ ca: root.cert }, early), timeout: '400ms' },
    target: scripted((socket) => void socket.write('220 go\r\n')),
  },
];
