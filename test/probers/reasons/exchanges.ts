import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Phase, Reason } from '../../../src/net/failure.ts';
import { framed as grpcMessage } from '../../support/grpc-server.ts';
import type { Lifetime } from '../../support/servers.ts';
import { data, endStream, headers, reset as resetStream, settings } from '../http/frames.ts';
import { type Cause, resetBehindData } from './cause.ts';
import { type Kind, plainKinds, serveKind, tlsKinds, unixKind } from './kinds.ts';

const kinds = new Map([...plainKinds, unixKind, ...tlsKinds()].map((kind) => [kind.name, kind]));

function kindOf(name: string): Kind {
  const kind = kinds.get(name);
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kind;
}

/** Where an answer breaks off: what has come of it, and in which phase the probe then is. */
interface Break {
  readonly kinds: readonly string[];
  readonly at: string;
  readonly sent: string | Buffer;
  readonly phase: Phase;
  readonly tells?: Cause['tells'];
}

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n';
const upgrading = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n';
const status200 = { ':status': '200' };
const grpcHead = headers({ ...status200, 'content-type': 'application/grpc' });

const http1 = ['http', 'https'];
const http2 = ['https over HTTP/2'];
const lines = ['tcp', 'tcp over TLS', 'unix'];
const grpc = ['grpc', 'grpc over TLS'];
const websocket = ['websocket', 'websocket over TLS'];
const dns = ['dns', 'dns over TLS'];

const breaks: readonly Break[] = [
  {
    kinds: [...http1, ...websocket, ...dns, ...http2, ...grpc, 'dns over HTTPS'],
    at: 'before an answer',
    sent: '',
    phase: 'response',
  },
  { kinds: lines, at: 'before an answer', sent: '', phase: 'dialogue' },
  { kinds: http1, at: 'within the status line', sent: 'HTTP/1.1 20', phase: 'response' },
  { kinds: http1, at: 'within the headers', sent: head, phase: 'response' },
  {
    kinds: http1,
    at: 'behind the headers',
    sent: `${head}\r\n`,
    phase: 'transfer',
    tells: { probe_http_status_code: 200, probe_http_content_length: 10 },
  },
  {
    kinds: http1,
    at: 'within the body',
    sent: `${head}\r\n12345`,
    phase: 'transfer',
    tells: { probe_http_status_code: 200, probe_http_uncompressed_body_length: 5 },
  },
  {
    kinds: http1,
    at: 'within a chunked body',
    sent: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n',
    phase: 'transfer',
    tells: { probe_http_status_code: 200, probe_http_uncompressed_body_length: 5 },
  },
  {
    kinds: [...http2, 'dns over HTTPS', ...grpc],
    at: 'behind the settings',
    sent: settings(),
    phase: 'response',
  },
  {
    kinds: http2,
    at: 'behind the headers',
    sent: Buffer.concat([settings(), headers(status200)]),
    phase: 'transfer',
    tells: { probe_http_status_code: 200, probe_http_version: 2 },
  },
  {
    kinds: http2,
    at: 'within the body',
    sent: Buffer.concat([settings(), headers(status200), data('12345')]),
    phase: 'transfer',
    tells: { probe_http_status_code: 200, probe_http_uncompressed_body_length: 5 },
  },
  { kinds: grpc, at: 'behind the headers', sent: Buffer.concat([settings(), grpcHead]), phase: 'response' },
  {
    kinds: grpc,
    at: 'behind the message',
    sent: Buffer.concat([settings(), grpcHead, data(grpcMessage([8, 1]).toString('latin1'))]),
    phase: 'response',
  },
  { kinds: websocket, at: 'within the headers', sent: upgrading, phase: 'response' },
  { kinds: dns, at: 'within the length', sent: Buffer.from([0]), phase: 'response' },
];

const endings: readonly (readonly [name: string, reason: Reason, end: (stream: Socket, raw: Socket) => void])[] = [
  ['closes', 'closed', (stream) => stream.end()],
  ['resets', 'reset', (_stream, raw) => raw.resetAndDestroy()],
  ['stops', 'timeout', () => {}],
];

/** A server that sends `bytes` for the first data it gets, and then ends so. */
function serveEnding(
  lifetime: Lifetime,
  kind: Kind,
  bytes: string | Buffer,
  end: (stream: Socket, raw: Socket) => void,
): Promise<string> {
  const raws: Socket[] = [];
  const script = (stream: Socket): void => {
    const finish = (): void => end(stream, raws.at(-1) ?? stream);
    stream.once('data', () => (bytes.length === 0 ? finish() : stream.write(bytes, finish)));
  };
  return serveKind(lifetime, kind, script, { onConnection: (raw) => raws.push(raw) });
}

const brokenAnswers = breaks.flatMap((broken) =>
  broken.kinds.flatMap((name) =>
    endings
      // A unix socket knows no reset.
      .filter(([ending]) => name !== 'unix' || ending !== 'resets')
      .map(([ending, reason, end]): Cause => ({
        name: `${name}, where the server ${ending} ${broken.at}`,
        phase: broken.phase,
        reason: broken.sent.length > 0 && reason === 'reset' ? resetBehindData : reason,
        ...(broken.tells !== undefined && { tells: broken.tells }),
        arrange: async (t) => ({
          module: kindOf(name).module,
          target: await serveEnding(t, kindOf(name), broken.sent, end),
        }),
      })),
  ),
);

/** An answer that is not as its protocol or its limits want it. */
interface BadAnswer {
  readonly kind: string;
  readonly name: string;
  readonly sent: string | Buffer;
  readonly phase: Phase;
  readonly reason: Reason;
  /** Keys of the prober's section beside those of the kind. */
  readonly section?: object;
  readonly tells?: Cause['tells'];
}

const ok = 'HTTP/1.1 200 OK\r\n';
const upgrade = { kind: 'websocket', phase: 'response', reason: 'bad_response' } as const;
/** Bytes that no protocol begins with. */
const rubbish = Buffer.alloc(100, 0xee);

const badAnswers: readonly BadAnswer[] = [
  ...['http', 'https', 'https over HTTP/2', 'grpc', 'websocket', 'dns', 'dns over TLS', 'dns over HTTPS'].map(
    (kind) => ({ kind, name: 'rubbish', sent: rubbish, phase: 'response', reason: 'bad_response' }) as const,
  ),
  {
    kind: 'http',
    name: 'a chunk whose length is none',
    sent: `${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    phase: 'transfer',
    reason: 'bad_response',
    tells: { probe_http_status_code: 200 },
  },
  {
    kind: 'http',
    name: 'headers without an end',
    sent: `${ok}A: ${'x'.repeat(1024 * 1024)}`,
    phase: 'response',
    reason: 'too_large',
  },
  {
    kind: 'http',
    name: 'a body over body_size_limit',
    sent: `${ok}Content-Length: 100\r\n\r\n${'x'.repeat(100)}`,
    phase: 'transfer',
    reason: 'too_large',
    section: { body_size_limit: '99B' },
    tells: { probe_http_status_code: 200, probe_http_uncompressed_body_length: 99 },
  },
  {
    kind: 'http',
    name: 'a body that is no gzip',
    sent: `${ok}Content-Length: 5\r\n\r\nplain`,
    phase: 'transfer',
    reason: 'compression',
    section: { compression: 'gzip' },
    tells: { probe_http_status_code: 200 },
  },
  {
    kind: 'http',
    name: 'half a body of gzip',
    sent: Buffer.concat([Buffer.from(`${ok}Content-Length: 12\r\n\r\n`), gzipSync('a body').subarray(0, 12)]),
    phase: 'transfer',
    reason: 'compression',
    section: { compression: 'gzip' },
  },
  { ...upgrade, name: 'another upgrade', sent: 'HTTP/1.1 101 OK\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n' },
  {
    ...upgrade,
    name: 'the answer to another key',
    sent: `${upgrading}Connection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n`,
  },
  { ...upgrade, name: 'a status instead of 101', sent: 'HTTP/1.1 404 No\r\n\r\n', reason: 'status' },
  { kind: 'tcp', name: 'a line without an end', sent: 'x'.repeat(70_000), phase: 'dialogue', reason: 'too_large' },
  {
    kind: 'grpc',
    name: 'a page of HTML',
    sent: Buffer.concat([settings(), headers({ ...status200, 'content-type': 'text/html' }, endStream)]),
    phase: 'response',
    reason: 'bad_response',
  },
  {
    kind: 'grpc',
    name: 'an error of HTTP',
    sent: Buffer.concat([settings(), headers({ ':status': '502' }, endStream)]),
    phase: 'response',
    reason: 'status',
  },
  {
    kind: 'grpc',
    name: 'a message that says it is huge',
    sent: Buffer.concat([settings(), grpcHead, data('\0\0\x7f\x7f\x7f')]),
    phase: 'response',
    reason: 'too_large',
  },
  {
    kind: 'grpc',
    name: 'a stream that is reset',
    sent: Buffer.concat([settings(), grpcHead, resetStream(2)]),
    phase: 'response',
    reason: 'reset',
  },
  {
    kind: 'https over HTTP/2',
    name: 'a stream that is reset',
    sent: Buffer.concat([settings(), headers(status200), resetStream(2)]),
    phase: 'transfer',
    reason: 'reset',
    tells: { probe_http_status_code: 200 },
  },
  {
    kind: 'dns over HTTPS',
    name: 'an error of HTTP',
    sent: Buffer.concat([settings(), headers({ ':status': '415' }, endStream)]),
    phase: 'response',
    reason: 'status',
    tells: { probe_http_status_code: 415 },
  },
  {
    kind: 'dns over HTTPS',
    name: 'a page of HTML',
    sent: Buffer.concat([settings(), headers({ ...status200, 'content-type': 'text/html' }, endStream)]),
    phase: 'response',
    reason: 'bad_response',
  },
];

const answeredBadly = badAnswers.map(({ kind, name, sent, phase, reason, section, tells }): Cause => ({
  name: `${kind}, where the server sends ${name}`,
  phase,
  reason,
  ...(tells !== undefined && { tells }),
  arrange: async (t) => ({
    module: withSection(kindOf(kind).module, section),
    target: await serveEnding(t, kindOf(kind), sent, () => {}),
  }),
}));

function withSection(module: object, section: object = {}): object {
  const { prober, ...sections } = module as { prober: string; [name: string]: unknown };
  return { prober, [prober]: { ...(sections[prober] as object | undefined), ...section } };
}

export const exchanges: readonly Cause[] = [...brokenAnswers, ...answeredBadly];
