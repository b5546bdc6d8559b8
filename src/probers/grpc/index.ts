import type { ConfigReader } from '../../config/reader.ts';
import * as families from '../../metrics/families/grpc.ts';
import { labelTexts } from '../../metrics/labels.ts';
import type { ProbeMetrics } from '../../metrics/probe-metrics.ts';
import type { Connection } from '../../net/connection.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { ResolvedAddress } from '../../net/resolve.ts';
import { startStopwatch } from '../../net/stopwatch.ts';
import { tlsContext } from '../../net/tls-context.ts';
import type { Probe, ProbeContext } from '../../probe/context.ts';
import { resolveTarget } from '../../probe/resolve.ts';
import { secure } from '../../probe/secure.ts';
import { userAgent } from '../../version.ts';
import type { Field } from '../http2/field.ts';
import type { Http2Request } from '../http2/request.ts';
import { call } from './call.ts';
import { decodeResponse, healthCheckPath, serving, servingStatuses } from './health.ts';
import { frameMessage, malformed } from './message.ts';
import { type GrpcOptions, readGrpcOptions } from './options.ts';
import { asGrpcFailure } from './status.ts';
import { authorityOf, type GrpcTarget, parseTarget } from './target.ts';

const phaseLabels = labelTexts('phase', ['resolve', 'check']);
const statusLabels: Readonly<Record<string, string>> = labelTexts('serving_status', servingStatuses);

/** The grpc prober: asks a server for the health of a service (gRPC's doc/health-checking.md). */
export function grpc(section: ConfigReader): Probe {
  const options = readGrpcOptions(section);

  return async (context) => {
    const { metrics } = context;
    startMetrics(metrics);
    const target = parseTarget(context.target, options.tls);
    if (options.tls) tlsContext(options.tlsSettings); // Files that cannot be used are told before anybody is bothered.
    const { address, duration } = await resolveTarget(context, target.host, options.policy);
    metrics.set(families.grpcDuration, duration, phaseLabels.resolve);
    const stopwatch = startStopwatch(context.connector);
    let status: number;
    try {
      const connection = await open(context, options, target, address);
      status = readStatus(await call(connection, requestFor(context, options, target), context.signal));
    } catch (error) {
      if (!(error instanceof ProbeFailure)) throw error;
      const failure = asGrpcFailure(error, context.signal);
      metrics.set(families.grpcStatusCode, failure.code);
      throw failure;
    } finally {
      metrics.set(families.grpcDuration, stopwatch(), phaseLabels.check);
    }
    const name = servingStatuses[status] ?? String(status);
    metrics.set(families.grpcHealthCheckResponse, 1, statusLabels[name] ?? { serving_status: name });
    context.log.debug('Received health check response', { serving_status: name });
    if (status !== serving) throw new ProbeFailure('check', 'health', `The service is ${name}, not SERVING`);
  };
}

/** Every family is there, whatever happens: 0 where it was not reached. */
function startMetrics(metrics: ProbeMetrics): void {
  for (const labels of Object.values(phaseLabels)) metrics.set(families.grpcDuration, 0, labels);
  for (const labels of Object.values(statusLabels)) metrics.set(families.grpcHealthCheckResponse, 0, labels);
  metrics.set(families.grpcSsl, 0);
  metrics.set(families.grpcStatusCode, 0);
}

async function open(
  context: ProbeContext,
  { tls, tlsSettings }: GrpcOptions,
  { host, port }: GrpcTarget,
  address: ResolvedAddress,
): Promise<Connection> {
  context.log.debug('Dialing', { ip: address.address, port, tls });
  const connection = await context.connector.open(address, port);
  if (!tls) return connection;
  await secure(context, connection, { settings: tlsSettings, host: context.hostname ?? host, alpn: ['h2'] });
  if (connection.tls?.alpn !== 'h2') {
    throw new ProbeFailure('tls', 'tls_protocol', 'The server did not choose HTTP/2 (h2) by ALPN');
  }
  context.metrics.set(families.grpcSsl, 1);
  return connection;
}

function requestFor(context: ProbeContext, options: GrpcOptions, target: GrpcTarget): Http2Request {
  const { tls, tlsSettings, metadata, messageFor } = options;
  const name = context.hostname ?? (tls ? (tlsSettings.serverName ?? target.host) : undefined);
  const left = Math.max(1, Math.floor(context.deadline - performance.now()));
  const fields: Field[] = [
    [':method', 'POST'],
    [':scheme', tls ? 'https' : 'http'],
    [':path', healthCheckPath],
    [':authority', name === undefined ? authorityOf(target.host, target.port) : authorityOf(name)],
    ['content-type', 'application/grpc'],
    ['user-agent', userAgent],
    ['te', 'trailers'],
    ['grpc-timeout', `${Math.min(left, longestTimeout)}m`],
    ...metadata,
  ];
  return { method: 'POST', fields, body: frameMessage(messageFor(context.parameters)) };
}

/** `grpc-timeout` has at most eight digits; here it counts milliseconds. */
const longestTimeout = 99_999_999;

function readStatus(message: Buffer): number {
  try {
    return decodeResponse(message);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw malformed(`The message is no HealthCheckResponse: ${error.message}`, { cause: error });
  }
}
