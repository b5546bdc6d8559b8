import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { expired, root, selfSigned, valid, wrongHost } from '../../support/identities.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import {
  freePath,
  noAbstractSockets,
  offerStartTls,
  serveUnix,
  startTlsSteps,
  type UnixServerOptions,
} from '../../support/unix-server.ts';
import { otherwise } from '../mends.ts';
import type { ProbeCase } from '../probe-case.ts';
import { finish, type OpenTarget } from '../targets.ts';

type Steps = readonly object[];

const module = (query_response?: Steps, options: object = {}) => ({
  prober: 'unix',
  timeout: '1s',
  unix: { ...(query_response === undefined ? {} : { query_response }), ...options },
});

const server =
  (script?: (socket: Socket) => void, options?: UnixServerOptions): OpenTarget =>
  async (lifetime) => ({ target: (await serveUnix(lifetime, script, options)).path });

const greeting =
  (text: string | Buffer, ending: 'end' | 'keep' = 'keep') =>
  (socket: Socket) =>
    finish(socket, text, ending);

const echo = (socket: Socket): void => void socket.on('data', (chunk: Buffer) => socket.write(chunk));

const abstract = `@clearbox-conformance-${process.pid}`;

const connects: ProbeCase[] = [
  { name: 'a connection', module: module(), target: server() },
  { name: 'an empty section', module: { prober: 'unix' }, target: server() },
  { name: 'an empty dialogue', module: module([]), target: server() },
  {
    name: 'an abstract socket',
    module: module([{ expect: '^hello' }]),
    target: server(greeting('hello\n'), { path: abstract }),
    skip: noAbstractSockets,
  },
  { name: 'an abstract socket of nobody', module: module(), target: `${abstract}-nobody` },
  { name: 'nothing there', module: module(), target: freePath() },
  { name: 'no such folder', module: module(), target: `${freePath()}/x` },
  { name: 'a file that is no socket', module: module(), target: temporaryFile('no-socket', '') },
  { name: 'a folder', module: module(), target: dirname(freePath()) },
  { name: 'a path that is too long', module: module(), target: `/${'x'.repeat(200)}` },
  { name: 'nothing there, with TLS', module: module(undefined, { tls: true }), target: freePath() },
];

const dialogues: ProbeCase[] = (
  [
    ['an expected line', [{ expect: '^hello$' }], greeting('hello\r\n')],
    ['the third line is expected', [{ expect: '^three$' }], greeting('one\ntwo\nthree\n')],
    ['an unexpected line, then the end', [{ expect: '^hello$' }], greeting('bye\n', 'end')],
    ['the end at once', [{ expect: '^hello$' }], greeting('', 'end')],
    ['silence', [{ expect: '^hello$' }], () => {}],
    ['a line comes back', [{ send: 'ping' }, { expect: '^ping$' }], echo],
    [
      'a capture is sent',
      [{ send: 'PING :x1' }, { expect: 'PING :(\\S+)', send: 'PONG ${1}' }, { expect: '^PONG x1$' }],
      echo,
    ],
    ['expected bytes', [{ expect_bytes: 'AMQP' }], greeting('AMQP')],
    ['other bytes', [{ expect_bytes: 'AMQP' }], greeting('HTTP')],
    ['too few bytes, then the end', [{ expect_bytes: 'AMQP' }], greeting('AM', 'end')],
    ['labels', [{ expect: '^(\\w+) (\\w+)$', labels: [{ name: 'a', value: '$2' }] }], greeting('one two\n')],
  ] as const
).map(([name, steps, script]) => ({ name, module: module(steps), target: server(script) }));

const secure = (tls_config: object, query_response?: Steps) => module(query_response, { tls: true, tls_config });
const trusting = { ca: root.cert, server_name: 'localhost' };

const overTls: ProbeCase[] = [
  { name: 'TLS', module: secure(trusting), target: server(undefined, { identity: valid() }) },
  {
    name: 'a dialogue over TLS',
    module: secure(trusting, [{ send: 'ping' }, { expect: '^ping$' }]),
    target: server(echo, { identity: valid() }),
  },
  {
    name: 'TLS without a name to verify',
    module: secure({ ca: root.cert }),
    target: server(undefined, { identity: valid() }),
  },
  {
    name: 'TLS, unverified',
    module: secure({ insecure_skip_verify: true }),
    target: server(undefined, { identity: selfSigned() }),
  },
  { name: 'TLS, signed by itself', module: secure(trusting), target: server(undefined, { identity: selfSigned() }) },
  { name: 'TLS, expired', module: secure(trusting), target: server(undefined, { identity: expired() }) },
  { name: 'TLS, of another host', module: secure(trusting), target: server(undefined, { identity: wrongHost() }) },
  {
    name: 'TLS 1.2',
    module: secure({ ...trusting, max_version: 'TLS12' }),
    target: server(undefined, { identity: valid() }),
  },
  { name: 'TLS with a server without it', module: secure(trusting), target: server(greeting('hello\n', 'end')) },
  { name: 'TLS with a server that is silent', module: secure(trusting), target: server() },
  {
    name: 'a missing ca_file',
    module: secure({ ca_file: '/nonexistent/ca.pem' }),
    target: server(undefined, { identity: valid() }),
    differs: otherwise('the peer crashes in the probe, and closes the connection without an answer'),
  },
  {
    name: 'STARTTLS',
    module: module(startTlsSteps, { tls_config: trusting }),
    target: server(offerStartTls(valid())),
  },
  {
    name: 'STARTTLS, unverified',
    module: module(startTlsSteps, { tls_config: { insecure_skip_verify: true } }),
    target: server(offerStartTls(selfSigned())),
  },
  {
    name: 'STARTTLS without a name to verify',
    module: module(startTlsSteps, { tls_config: { ca: root.cert } }),
    target: server(offerStartTls(valid())),
  },
];

export const unix: readonly ProbeCase[] = [...connects, ...dialogues, ...overTls];
