import { constants } from 'node:http2';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  framed,
  grpcHeaders,
  type GrpcServerOptions,
  health,
  respond,
  respondAtOnce,
  respondWithoutTrailers,
  type Responder,
  type SeenCall,
  serveGrpc,
} from '../../support/grpc-server.ts';
import {
  belowRoot,
  client,
  expired,
  foreignClient,
  root,
  selfSigned,
  valid,
  withoutNames,
  wrongHost,
} from '../../support/identities.ts';
import { serveTcp } from '../../support/servers.ts';
import { otherwise } from '../mends.ts';
import type { ProbeCase, Seen } from '../probe-case.ts';
import { type OpenTarget, refused, tls as tlsServer, unseen } from '../targets.ts';

const module = (grpc: object = {}) => ({
  prober: 'grpc',
  timeout: '2s',
  // Without a section the peer allows no fallback.
  grpc: { preferred_ip_protocol: 'ip4', ...grpc },
});
const secure = (tls_config: object = { ca: root.cert }) => module({ tls: true, tls_config });
const serving = framed([8, 1]);

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

/** Each program names itself, and only we pass our deadline on. */
const ownHeaders = new Set(['user-agent', 'grpc-timeout']);

function facts({ headers, body }: SeenCall): Seen {
  const shown = Object.entries(headers).filter(([name]) => !ownHeaders.has(name));
  return { ...Object.fromEntries(shown.map(([name, value]) => [name, String(value)])), body: body.toString('hex') };
}

const server =
  (responder?: Responder, options?: GrpcServerOptions, target = (address: string) => address): OpenTarget =>
  async (lifetime) => {
    const opened = await serveGrpc(lifetime, responder, options);
    return { target: target(opened.address), seen: async () => opened.takeCalls().map(facts) };
  };

const named = (port: string): string => port.replace('127.0.0.1', 'localhost');

const requests: ProbeCase[] = [
  { name: 'a service that is serving', module: module(), target: server() },
  { name: 'a service by its name', module: module({ service: 'my.package.Service' }), target: server() },
  { name: 'a service with letters beyond ASCII', module: module({ service: 'gr\u00fc\u00df' }), target: server() },
  { name: 'a long name of a service', module: module({ service: 's'.repeat(300) }), target: server() },
  {
    name: 'metadata',
    module: module({ metadata: { 'x-one': ['1'], 'x-two': ['a', 'b'], authorization: ['Bearer x'], 'a.b_c-d': [''] } }),
    target: server(),
  },
  { name: 'binary metadata', module: module({ metadata: { 'x-bin': ['test', '?'] } }), target: server() },
  {
    name: 'binary metadata in binary',
    module: 'prober: grpc\ngrpc:\n  preferred_ip_protocol: ip4\n  metadata:\n    x-bin: [!!binary AAEC/w==]\n',
    target: server(),
  },
  {
    name: "metadata that is the call's own",
    module: module({
      metadata: { ':authority': ['x'], te: ['x'], 'content-type': ['x'], 'user-agent': ['x'], 'grpc-timeout': ['1S'] },
    }),
    target: server(),
  },
  {
    name: 'metadata in upper case',
    module: module({ metadata: { Authorization: ['Bearer x'] } }),
    target: server(),
    differs: otherwise('a key is taken in lower case, where the peer refuses it at each probe'),
  },
  { name: 'an empty list of metadata', module: module({ metadata: { a: [] } }), target: server() },
  { name: 'a URL', module: module(), target: server(undefined, {}, (address) => `http://${address}/path?query`) },
  { name: 'an https URL', module: module(), target: server(undefined, {}, (address) => `https://${address}`) },
  { name: 'a name', module: module(), target: server(undefined, {}, named) },
  { name: 'a URL of a name', module: module(), target: server(undefined, {}, (address) => `http://${named(address)}`) },
  {
    name: 'no section',
    module: { prober: 'grpc' },
    target: server(),
    differs: otherwise('the fallback to IPv4 is the default with or without a section'),
  },
  { name: 'IPv4 where IPv6 is preferred', module: module({ preferred_ip_protocol: 'ip6' }), target: server() },
  {
    name: 'IPv4 where only IPv6 will do',
    module: module({ preferred_ip_protocol: 'ip6', ip_protocol_fallback: false }),
    target: server(),
  },
  {
    name: 'an IPv6 address',
    module: module({ preferred_ip_protocol: 'ip6' }),
    target: server(undefined, { host: '::1' }),
    skip: hasIpv6 ? undefined : 'this machine has no IPv6 loopback',
    differs: otherwise('an IPv6 address is put into brackets, without which the peer cannot connect'),
  },
];

const statuses: ProbeCase[] = (
  [
    ['UNKNOWN', 0],
    ['NOT_SERVING', 2],
    ['SERVICE_UNKNOWN', 3],
    ['a status without a name', 77],
  ] as const
).map(([name, status]) => ({ name: `health ${name}`, module: module(), target: server(health(status)) }));

const http = (status: number, type?: string): Responder =>
  respondWithoutTrailers(Buffer.from('<p>'), {
    ':status': status,
    ...(type === undefined ? {} : { 'content-type': type }),
  });

const typed = (type: string): Responder => respond(serving, undefined, { ...grpcHeaders, 'content-type': type });

const responders: readonly (readonly [string, Responder])[] = [
  ...[1, 2, 5, 7, 12, 14, 16, 99].map(
    (code) =>
      [`status ${code}`, respondAtOnce({ 'grpc-status': String(code), 'grpc-message': 'so%20be%20it' })] as const,
  ),
  ...[200, 400, 401, 403, 404, 418, 429, 500, 502, 503, 504].map(
    (status) => [`a page with HTTP status ${status}`, http(status, 'text/html')] as const,
  ),
  ['HTTP status 404 without a content type', http(404)],
  ['HTTP status 200 without a content type', respond(serving, undefined, { ':status': 200 })],
  ['HTTP status 500 with gRPC', respond(serving, undefined, { ...grpcHeaders, ':status': 500 })],
  ['content type application/grpc+proto', typed('application/grpc+proto')],
  ['content type application/grpc;proto', typed('application/grpc;proto')],
  ['content type application/grpc-web', typed('application/grpc-web')],
  ['a status that is no number', respondAtOnce({ 'grpc-status': 'x' })],
  ['status 0 without a message', respondAtOnce({ 'grpc-status': '0' })],
  ['a status behind a message', respond(serving, { 'grpc-status': '5' })],
  ['the status in the headers', respondWithoutTrailers(serving, { 'grpc-status': '0' })],
  ['trailers without a status', respond(serving, { x: 'y' })],
  ['no trailers', respondWithoutTrailers(serving)],
  ['no message', respond(Buffer.alloc(0))],
  ['two messages', respond(Buffer.concat([serving, serving]))],
  ['half a message', respond(serving.subarray(0, 6))],
  ['a compressed message', respond(framed([8, 1], 1))],
  ['a message of an unknown format', respond(framed([8, 1], 2))],
  ['a message that is too large', respond(Buffer.from('0010000000', 'hex'))],
  ['a message with further fields', respond(framed([0x12, 1, 65, 8, 1]))],
  ['a message with a text for its status', respond(framed([0x0a, 1, 65]))],
  ['a message that is cut off', respond(framed([8]))],
  ['a message with a negative status', respond(framed([8, ...Array<number>(9).fill(0xff), 1]))],
  ['interim headers', (stream) => (stream.additionalHeaders({ ':status': 103 }), health(1)(stream))],
];

const answers: ProbeCase[] = responders.map(([name, responder]) => ({
  name,
  module: module(),
  target: server(responder),
}));

const resets: ProbeCase[] = Array.from({ length: 14 }, (_, code) => ({
  name: `a reset with error code ${code}`,
  module: module(),
  target: server((stream) => stream.close(code)),
  ...(code === constants.NGHTTP2_REFUSED_STREAM && {
    differs: { requests: 'a check is one request: the peer makes another, unseen' },
  }),
}));

const raw =
  (script: (socket: Socket) => void): OpenTarget =>
  async (lifetime) => ({ target: (await serveTcp(lifetime, script)).address });

const connections: ProbeCase[] = [
  { name: 'nobody listens', module: module(), target: refused() },
  { name: 'nobody listens, with TLS', module: secure(), target: refused() },
  { name: 'no port of its own', module: module(), target: '127.0.0.77' },
  { name: 'no port of its own, with TLS', module: secure(), target: '127.0.0.77' },
  { name: 'a port that is none', module: module(), target: '127.0.0.1:port' },
  { name: 'a name that does not exist', module: module(), target: 'nowhere.invalid:80' },
  { name: 'the end at once', module: module(), target: raw((socket) => void socket.end()) },
  { name: 'a reset at once', module: module(), target: raw((socket) => void socket.resetAndDestroy()) },
  {
    name: 'a reset after the request',
    module: module(),
    target: raw((socket) => void socket.once('data', () => socket.resetAndDestroy())),
  },
  {
    name: 'a server of HTTP/1.1',
    module: module(),
    target: raw((socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
  },
  {
    name: 'a server that talks nonsense',
    module: module(),
    target: raw((socket) => void socket.write('\xff'.repeat(99))),
  },
  {
    name: 'a server that shuts the connection down',
    module: module(),
    target: unseen(server((stream) => stream.session?.destroy())),
  },
];

const hadTls = { probe_grpc_ssl: 'the handshake succeeded, whatever came then' };
const demanding = { requestCert: true, rejectUnauthorized: true, ca: root.cert };

const overTls: ProbeCase[] = [
  { name: 'valid', module: secure(), target: server(undefined, { identity: valid() }) },
  { name: 'valid, of a name', module: secure(), target: server(undefined, { identity: valid() }, named) },
  { name: 'below the root', module: secure(), target: server(undefined, { identity: belowRoot() }) },
  { name: 'no authority is named', module: secure({}), target: server(undefined, { identity: valid() }) },
  { name: 'expired', module: secure(), target: server(undefined, { identity: expired() }) },
  { name: 'signed by itself', module: secure(), target: server(undefined, { identity: selfSigned() }) },
  { name: 'of another host', module: secure(), target: server(undefined, { identity: wrongHost() }) },
  { name: 'without names', module: secure(), target: server(undefined, { identity: withoutNames() }) },
  {
    name: 'server_name',
    module: secure({ ca: root.cert, server_name: 'other.test' }),
    target: server(undefined, { identity: wrongHost() }),
  },
  {
    name: 'unverified',
    module: secure({ insecure_skip_verify: true }),
    target: server(undefined, { identity: selfSigned() }),
  },
  {
    name: 'expired, unverified',
    module: secure({ insecure_skip_verify: true }),
    target: server(undefined, { identity: expired() }),
  },
  {
    name: 'TLS 1.2',
    module: secure({ ca: root.cert, max_version: 'TLS12' }),
    target: server(undefined, { identity: valid() }),
  },
  {
    name: 'a server of TLS 1.2',
    module: secure({ ca: root.cert, min_version: 'TLS13' }),
    target: server(undefined, { identity: valid(), maxVersion: 'TLSv1.2' }),
  },
  {
    name: 'a client certificate',
    module: secure({ ca: root.cert, cert: client().cert, key: client().key }),
    target: server(undefined, { identity: valid(), ...demanding }),
  },
  {
    name: 'no client certificate',
    module: secure(),
    target: server(undefined, { identity: valid(), ...demanding }),
    differs: hadTls,
  },
  {
    name: 'a client certificate of a stranger',
    module: secure({ ca: root.cert, cert: foreignClient().cert, key: foreignClient().key }),
    target: server(undefined, { identity: valid(), ...demanding }),
    differs: hadTls,
  },
  { name: 'a missing ca_file', module: secure({ ca_file: '/nonexistent/ca.pem' }), target: server() },
  { name: 'a server without TLS', module: secure(), target: unseen(server()) },
  { name: 'a server without HTTP/2', module: secure(), target: unseen(tlsServer(valid())) },
  { name: 'a server with TLS, asked without', module: module(), target: unseen(tlsServer(valid())) },
  {
    name: 'NOT_SERVING',
    module: secure(),
    target: server(health(2), { identity: valid() }),
  },
  {
    name: 'status 5',
    module: secure(),
    target: server(respondAtOnce({ 'grpc-status': '5' }), { identity: valid() }),
    differs: hadTls,
  },
].map((row) => ({ ...row, name: `over TLS: ${row.name}` }));

export const grpc: readonly ProbeCase[] = [...requests, ...statuses, ...answers, ...resets, ...connections, ...overTls];
