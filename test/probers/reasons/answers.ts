import { gzipSync } from 'node:zlib';
import type { Phase, Reason } from '../../../src/net/failure.ts';
import { data, endStream, headers, reset as resetStream, settings } from '../http/frames.ts';
import type { Cause } from './cause.ts';
import { grpcHead, serveEnding, status200, upgrading } from './exchanges.ts';
import { kindOf } from './kinds.ts';

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

export const badlyAnswered: readonly Cause[] = badAnswers.map(
  ({ kind, name, sent, phase, reason, section, tells }): Cause => ({
    name: `${kind}, where the server sends ${name}`,
    phase,
    reason,
    ...(tells !== undefined && { tells }),
    arrange: async (t) => ({
      module: withSection(kindOf(kind).module, section),
      target: await serveEnding(t, kindOf(kind), sent, () => {}),
    }),
  }),
);

function withSection(module: object, section: object = {}): object {
  const { prober, ...sections } = module as { prober: string; [name: string]: unknown };
  return { prober, [prober]: { ...(sections[prober] as object | undefined), ...section } };
}
