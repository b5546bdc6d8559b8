import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { AppOptions } from './app.ts';
import { HttpError } from './http-error.ts';

const plainText = 'text/plain; charset=utf-8';

/** The routes that operate the exporter: `/metrics`, `/config`, `/-/reload` and `/-/healthy`. */
export function addOperationRoutes(app: FastifyInstance, options: AppOptions): void {
  const { routePrefix } = options.paths;

  app.all(`${routePrefix}metrics`, async (_request, reply) => {
    const text = await options.overview.metrics();
    return reply.header('content-type', Registry.PROMETHEUS_CONTENT_TYPE).send(text);
  });

  app.all(`${routePrefix}config`, (_request, reply) =>
    reply
      .header('content-type', plainText)
      .header('x-content-type-options', 'nosniff')
      .send(options.configuration().yaml),
  );

  app.all(`${routePrefix}-/reload`, async (request, reply) => {
    if (request.method !== 'POST') {
      reply.header('allow', 'POST');
      throw new HttpError(405, 'A reload is asked for by POST');
    }
    const refusal = await options.reload();
    if (refusal !== undefined) throw new HttpError(500, `The configuration was not reloaded:\n${refusal}`);
    return reply.send();
  });

  app.all(`${routePrefix}-/healthy`, (_request, reply) => reply.header('content-type', plainText).send('Healthy'));
}
