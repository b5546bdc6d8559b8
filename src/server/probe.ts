import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noParameters } from '../config/parameters.ts';
import type { ParameterValues } from '../config/template.ts';
import { severity } from '../log/logger.ts';
import type { LogRecord } from '../log/probe-log.ts';
import type { Admission, Rejection } from '../probe/admission.ts';
import type { Module } from '../probe/context.ts';
import { debugOutput } from '../probe/debug-output.ts';
import { maskUserinfo } from '../probe/history.ts';
import { runProbe } from '../probe/run.ts';
import type { ProbeResult } from '../probe/run.ts';
import { ScrapeTimeoutError, probeTimeout } from '../probe/timeout.ts';
import type { AppOptions } from './app.ts';
import { clientGone } from './client-gone.ts';
import { HttpError } from './http-error.ts';
import { contentTypes, negotiate } from './negotiation.ts';
import type { Query } from './query.ts';

const defaultModule = 'http_2xx';
const timeoutHeader = 'x-prometheus-scrape-timeout-seconds';

/** When to come again after a rejection, in seconds. */
const retryAfter = '1';

interface Order {
  readonly module: Module;
  readonly target: string;
  readonly hostname: string | undefined;
  readonly parameters: ParameterValues;
  readonly timeout: number;
}

type ProbeRoute = { Querystring: Query };

/** `/probe`: one check of one target, answered with its metrics. */
export function addProbeRoute(app: FastifyInstance, options: AppOptions): void {
  const { history, metrics, admission } = options;
  app.all<ProbeRoute>(`${options.paths.routePrefix}probe`, async (request, reply) => {
    const order = readOrder(request, options);
    const rejection = admission.begin(order.target, order.timeout);
    if (rejection !== undefined) {
      reply.header('retry-after', retryAfter);
      throw refusal(options, rejection, 503, rejectionText(rejection, admission));
    }
    let result: ProbeResult;
    try {
      result = await runProbe({ ...order, signal: clientGone(request.raw.socket), ...logging(order, options) });
    } finally {
      admission.end(order.target);
    }
    metrics.probeEnded({ ...result, module: order.module.name });
    history.add(result);
    return answer(request, reply, result, options);
  });
}

/** Reads what is asked for, in the order in which the peer finds fault. */
function readOrder(request: FastifyRequest<ProbeRoute>, options: AppOptions): Order {
  const { query } = request;
  const name = query['module'] || defaultModule;
  const module = options.configuration().modules.get(name);
  if (module === undefined) {
    options.logger.debug('Unknown module', { module: name });
    throw refusal(options, 'unknown_module', 400, `The configuration has no module ${JSON.stringify(name)}`);
  }
  const timeout = readTimeout(request, module, options);
  if (!query['target']) throw refusal(options, 'no_target', 400, 'The parameter target is missing');
  if (query['debug'] === 'true' && !options.debug) {
    throw refusal(options, 'debug_disabled', 403, 'debug=true is switched off by --no-probe.debug');
  }
  const hostname = query['hostname'] || undefined;
  const parameters = (module.parameters ?? noParameters).read(query);
  if (typeof parameters === 'string') throw refusal(options, 'bad_parameter', 400, parameters);
  const contradiction = module.probe.refuse?.({ hostname, parameters });
  if (contradiction !== undefined) throw refusal(options, 'contradiction', 400, contradiction);
  return { module, target: query['target'], hostname, parameters, timeout };
}

function readTimeout(request: FastifyRequest<ProbeRoute>, module: Module, options: AppOptions): number {
  const header = request.headers[timeoutHeader];
  try {
    return probeTimeout(Array.isArray(header) ? header[0] : header, module.timeout, options.timeoutOffset);
  } catch (error) {
    if (!(error instanceof ScrapeTimeoutError)) throw error;
    throw refusal(options, 'bad_scrape_timeout', 500, error.message);
  }
}

function rejectionText(rejection: Rejection, { maxInFlight, maxPerHost }: Admission): string {
  if (rejection === 'too_many_probes')
    return `${maxInFlight} probes are running, the most that may (--probe.max-in-flight)`;
  return `${maxPerHost} probes of this host are running, the most that may (--probe.max-per-host)`;
}

function refusal(options: AppOptions, reason: string, status: number, message: string): HttpError {
  options.metrics.probeRejected(reason);
  return new HttpError(status, message);
}

/** Sends the probe's records on to the process's log, those that are severe enough. */
function logging(
  { module, target }: Order,
  { logger, probeLogLevel }: AppOptions,
): { onLog?: (record: LogRecord) => void } {
  if (probeLogLevel === 'none') return {};
  const least = severity(probeLogLevel);
  return {
    onLog(record) {
      if (severity(record.level) >= least) logger.write(record, { module: module.name, target: maskUserinfo(target) });
    },
  };
}

function answer(
  request: FastifyRequest<ProbeRoute>,
  reply: FastifyReply,
  result: ProbeResult,
  options: AppOptions,
): FastifyReply {
  if (request.query['debug'] === 'true') {
    return reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('x-content-type-options', 'nosniff')
      .send(debugOutput(result, options.logFormat));
  }
  const format = negotiate(request.headers.accept);
  return reply.header('content-type', contentTypes[format]).send(result.metrics.render(format));
}
