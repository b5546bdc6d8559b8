import { readFile } from 'node:fs/promises';
import type { ConfigReader } from '../../config/reader.ts';
import { failedDueToCel, failedDueToRegex } from '../../metrics/families/probe.ts';
import * as families from '../../metrics/families/http.ts';
import type { ProbeMetrics } from '../../metrics/probe-metrics.ts';
import { unusable } from '../../net/error-reason.ts';
import type { ProbeFailure } from '../../net/failure.ts';
import type { Probe, ProbeContext } from '../../probe/context.ts';
import { checkBody, checkHeaders, checkJson, checkSsl, checkStatus, checkVersion, usesCel } from './checks.ts';
import type { HttpExchange } from './exchange.ts';
import { parseHttpDate } from './http-date.ts';
import { type HttpOptions, readHttpOptions } from './options.ts';
import { parseTarget } from './target.ts';
import { type FinalAnswer, Journey } from './journey.ts';

/** The http prober: requests a URL, follows redirects, and checks the final response. */
export function http(section: ConfigReader): Probe {
  const optionsFor = readHttpOptions(section);
  const run = async (context: ProbeContext): Promise<void> => {
    const { metrics } = context;
    const options = optionsFor(context.parameters);
    startMetrics(metrics, options);
    const journey = new Journey(context, options);
    let answer: FinalAnswer;
    try {
      answer = await journey.travel(parseTarget(context.target), await readBody(options));
    } finally {
      journey.record();
    }
    describe(metrics, answer);
    const failure = judge(context, options, answer);
    if (failure !== undefined) throw failure;
  };
  return Object.assign(run, {
    refuse: ({ hostname, parameters }: Pick<ProbeContext, 'hostname' | 'parameters'>) =>
      contradiction(optionsFor(parameters), hostname),
  });
}

function contradiction({ hostHeader }: HttpOptions, hostname: string | undefined): string | undefined {
  if (hostname === undefined || hostHeader === undefined || hostHeader === hostname) return undefined;
  return `The module sets the header Host to ${hostHeader}, the parameter hostname to ${hostname}: one of them must go`;
}

/** Every family is there, whatever happens: 0 where it was not reached. */
function startMetrics(metrics: ProbeMetrics, { checks }: HttpOptions): void {
  metrics.set(families.httpContentLength, 0);
  metrics.set(families.httpUncompressedBodyLength, 0);
  metrics.set(families.httpRedirects, 0);
  metrics.set(families.httpSsl, 0);
  metrics.set(families.httpStatusCode, 0);
  metrics.set(families.httpVersion, 0);
  metrics.set(failedDueToRegex, 0);
  if (usesCel(checks)) metrics.set(failedDueToCel, 0);
}

async function readBody({ body, bodyFile }: HttpOptions): Promise<Buffer | undefined> {
  if (bodyFile === undefined) return body;
  try {
    return await readFile(bodyFile);
  } catch (error) {
    throw unusable(error, 'request', 'body_file');
  }
}

function describe(metrics: ProbeMetrics, { exchange, body, hop, failure }: FinalAnswer): void {
  const { response } = exchange;
  metrics.set(families.httpSsl, hop.target.secure ? 1 : 0);
  metrics.set(families.httpStatusCode, response.status);
  metrics.set(families.httpVersion, Number(response.version));
  metrics.set(families.httpContentLength, contentLength(exchange, hop.method));
  metrics.set(families.httpUncompressedBodyLength, body.length);
  if (body.checksum !== undefined && failure === undefined) metrics.set(families.httpBodyCrc32, body.checksum);
  const { 'last-modified': lastModified } = response.headers;
  const modified = typeof lastModified === 'string' ? parseHttpDate(lastModified) : undefined;
  if (modified !== undefined) metrics.set(families.httpLastModified, modified);
}

/** As Go's http.Response.ContentLength, which the peer gives: -1 where the response does not tell. */
function contentLength({ response }: HttpExchange, method: string): number {
  const { 'content-length': header, 'transfer-encoding': coding } = response.headers;
  const first = typeof header === 'object' ? header[0] : header; // Others that differ were refused.
  const declared = first !== undefined && /^\d+$/.test(first) ? Number(first) : -1;
  if (method === 'HEAD') return declared;
  if (response.status === 204 || response.status === 304) return 0;
  return coding === undefined ? declared : -1;
}

/** The verdict: the first thing that is not as wanted; everything that can still be told is told. */
function judge(
  { metrics, log, deadline }: ProbeContext,
  { checks }: HttpOptions,
  answer: FinalAnswer,
): ProbeFailure | undefined {
  const { exchange, body, hop } = answer;
  const { response } = exchange;
  let failure = checkStatus(checks, response.status);
  if (failure !== undefined && answer.stopped !== undefined) failure = answer.stopped;
  if (failure === undefined) {
    failure = checkHeaders(checks, response.headers);
    if (failure !== undefined) metrics.set(failedDueToRegex, 1);
  }
  failure ??= answer.failure;
  if (failure === undefined) {
    failure = checkBody(checks, body.bytes());
    if (failure !== undefined) metrics.set(failedDueToRegex, 1);
  }
  if (failure === undefined) {
    failure = checkJson(checks, body.bytes(), deadline - performance.now());
    if (failure !== undefined) metrics.set(failedDueToCel, 1);
  }
  failure ??= checkVersion(checks, response.version);
  failure ??= checkSsl(checks, hop.target.secure);
  log.debug('Received HTTP response', { status_code: response.status, version: response.version, bytes: body.length });
  return failure;
}
