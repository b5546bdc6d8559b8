import type { FastifyInstance } from 'fastify';
import type { AppOptions } from './app.ts';
import { HttpError } from './http-error.ts';
import type { WantedLog } from './overview.ts';
import type { Query } from './query.ts';

/** `/logs`: the debug output of a recent probe, by `id`, or by `target` with or without `module`. */
export function addLogsRoute(app: FastifyInstance, { overview, debug, paths }: AppOptions): void {
  app.all<{ Querystring: Query }>(`${paths.routePrefix}logs`, async (request, reply) => {
    if (!debug) throw new HttpError(403, 'The logs of probes are switched off by --no-probe.debug');
    const wanted = readWanted(request.query);
    const found = await overview.log(wanted);
    if (found === undefined) throw new HttpError(404, `No recent probe has this ${'id' in wanted ? 'id' : 'target'}`);
    return reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('x-content-type-options', 'nosniff')
      .send(found.text);
  });
}

function readWanted(query: Query): WantedLog {
  const id = readId(query['id']);
  const target = query['target'] || undefined;
  const module = query['module'] || undefined;
  if (target !== undefined) {
    if (id !== undefined) throw new HttpError(400, 'Give id or target, not both');
    return { target, module };
  }
  if (id === undefined || id === -1) throw new HttpError(400, 'Give the id of a recent probe, or its target');
  if (module !== undefined) throw new HttpError(400, 'The parameter module goes with target only');
  return { id };
}

function readId(text: string | undefined): number | undefined {
  const id = text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : undefined;
}
