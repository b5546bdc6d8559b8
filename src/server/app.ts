import fastify from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { LogFormat, Logger } from '../log/logger.ts';
import type { Level } from '../log/probe-log.ts';
import type { ExporterMetrics } from '../metrics/exporter-metrics.ts';
import type { Admission } from '../probe/admission.ts';
import type { ProbeHistory } from '../probe/history.ts';
import type { Configuration, Refusal } from './configuration.ts';
import type { WebPaths } from './external-url.ts';
import { HttpError } from './http-error.ts';
import { addLogsRoute } from './logs.ts';
import { addOperationRoutes } from './operations.ts';
import type { Overview } from './overview.ts';
import { addPages } from './pages.ts';
import { addProbeRoute } from './probe.ts';
import { parseQuery } from './query.ts';

/** What the routes work with. */
export interface AppOptions {
  /** The configuration in use now. */
  readonly configuration: () => Configuration;
  /** Reloads it; resolves with the mistakes when the file is refused. */
  readonly reload: () => Promise<Refusal>;
  readonly overview: Overview;
  readonly metrics: ExporterMetrics;
  readonly history: ProbeHistory;
  readonly admission: Admission;
  readonly logger: Logger;
  readonly logFormat: LogFormat;
  /** The least severe level of a probe's records that reach the process's log. */
  readonly probeLogLevel: Level | 'none';
  /** Seconds to take off a scrape's timeout. */
  readonly timeoutOffset: number;
  /** Whether `debug=true` and `/logs` are answered. */
  readonly debug: boolean;
  readonly paths: WebPaths;
}

/** All routes, not yet listening. */
export function createApp(options: AppOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    routerOptions: { querystringParser: parseQuery },
    frameworkErrors: (error, _request, reply) => void sendText(reply, error.statusCode ?? 400, 'Bad request'),
  });
  ignoreBodies(app);
  app.setErrorHandler((error, _request, reply) => answerError(error, reply, options));
  addProbeRoute(app, options);
  addOperationRoutes(app, options);
  addLogsRoute(app, options);
  addPages(app, options);
  return app;
}

/** Every parameter stands in the URL; a body, of whatever type, is left unread. */
function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
}

/** The one place where errors become statuses. */
function answerError(error: unknown, reply: FastifyReply, { logger, metrics }: AppOptions): FastifyReply {
  if (error instanceof HttpError) return sendText(reply, error.status, error.message);
  const status = statusOf(error);
  if (status < 500) return sendText(reply, status, error instanceof Error ? error.message : 'Bad request');
  metrics.internalError('request');
  logger.error('A request failed', { err: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return sendText(reply, 500, 'Internal error; see the log of the exporter');
}

/** The status that fastify gave its own error. */
function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500;
}

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'text/plain; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .send(`${text}\n`);
}
