import type { Socket } from 'node:net';
import type { Phase, Reason } from '../../../src/net/failure.ts';
import { framed as grpcMessage } from '../../support/grpc-server.ts';
import type { Lifetime } from '../../support/servers.ts';
import { data, headers, settings } from '../http/frames.ts';
import { type Cause, resetBehindData } from './cause.ts';
import { type Kind, kindOf, serveKind } from './kinds.ts';

/** Where an answer breaks off: what has come of it, and in which phase the probe then is. */
interface Break {
  readonly kinds: readonly string[];
  readonly at: string;
  readonly sent: string | Buffer;
  readonly phase: Phase;
  readonly tells?: Cause['tells'];
}

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n';
export const upgrading = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n';
export const status200 = { ':status': '200' };
export const grpcHead = headers({ ...status200, 'content-type': 'application/grpc' });

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
export function serveEnding(
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

export const brokenOff: readonly Cause[] = breaks.flatMap((broken) =>
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
