import * as http2 from 'node:http2';
import type { Identity } from './certificates.ts';
import { listen, type Lifetime, type Listening } from './servers.ts';

/** One call as it arrived. */
export interface SeenCall {
  readonly headers: http2.IncomingHttpHeaders;
  /** The request's data. */
  readonly body: Buffer;
}

export interface GrpcServer extends Listening {
  /** The calls since the last call of this, in the order of their arrival. */
  takeCalls(): SeenCall[];
}

/** What a server does with a stream whose request has come. */
export type Responder = (stream: http2.ServerHttp2Stream) => void;

export const grpcHeaders: http2.OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc' };

/** A message behind the prefix that gRPC gives it. */
export function framed(message: readonly number[], flag = 0): Buffer {
  return Buffer.from([flag, 0, 0, message.length >> 8, message.length & 0xff, ...message]);
}

/** Responds with headers, data and trailers. */
export function respond(
  data: Buffer,
  trailers: http2.OutgoingHttpHeaders = { 'grpc-status': '0' },
  headers = grpcHeaders,
): Responder {
  return (stream) => {
    stream.respond(headers, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(data);
  };
}

/** Responds with headers alone, as a server does that fails at once. */
export function respondAtOnce(headers: http2.OutgoingHttpHeaders): Responder {
  return (stream) => stream.respond({ ...grpcHeaders, ...headers }, { endStream: true });
}

/** Responds with headers and data, and no trailers. */
export function respondWithoutTrailers(data: Buffer, headers: http2.OutgoingHttpHeaders = {}): Responder {
  return (stream) => {
    stream.respond({ ...grpcHeaders, ...headers });
    stream.end(data);
  };
}

/** Responds with a HealthCheckResponse of this status. */
export const health = (status: number): Responder => respond(framed(status === 0 ? [] : [8, status]));

export interface GrpcServerOptions extends http2.SecureServerOptions {
  /** With one the server speaks TLS. */
  readonly identity?: Identity;
  readonly host?: string;
}

/** A gRPC server that responds to every call alike; without `responder` a service is SERVING. */
export async function serveGrpc(
  lifetime: Lifetime,
  responder: Responder = health(1),
  { identity, host, ...options }: GrpcServerOptions = {},
): Promise<GrpcServer> {
  const server =
    identity === undefined
      ? http2.createServer()
      : http2.createSecureServer({ cert: identity.chain, key: identity.key, ...options });
  let calls: SeenCall[] = [];
  server.on('sessionError', ignore);
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', ignore);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      calls.push({ headers, body: Buffer.concat(chunks) });
      responder(stream);
    });
  });
  const listening = await listen(lifetime, server, host);
  return {
    ...listening,
    takeCalls: () => {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}

function ignore(): void {}
