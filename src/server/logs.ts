import type { FastifyInstance } from 'fastify';
import { debugOutput } from '../probe/debug-output.ts';
import type { HistoryEntry, ProbeHistory } from '../probe/history.ts';
import type { AppOptions } from './app.ts';
import { HttpError } from './http-error.ts';
import type { Query } from './query.ts';

/** `/logs`: the debug output of a recent probe, by `id`, or by `target` with or without `module`. */
export function addLogsRoute(app: FastifyInstance, { history, debug, logFormat, paths }: AppOptions): void {
  app.all<{ Querystring: Query }>(`${paths.routePrefix}logs`, (request, reply) => {
    if (!debug) throw new HttpError(403, 'The logs of probes are switched off by --no-probe.debug');
    const entry = findEntry(history, request.query);
    return reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('x-content-type-options', 'nosniff')
      .send(debugOutput(entry.result, logFormat));
  });
}

function findEntry(history: ProbeHistory, query: Query): HistoryEntry {
  const id = readId(query['id']);
  const target = query['target'] || undefined;
  const module = query['module'] || undefined;
  if (target !== undefined) {
    if (id !== undefined) throw new HttpError(400, 'Give id or target, not both');
    const entry = history.find(target, module);
    if (entry === undefined) throw new HttpError(404, 'No recent probe has this target');
    return entry;
  }
  if (id === undefined || id === -1) throw new HttpError(400, 'Give the id of a recent probe, or its target');
  if (module !== undefined) throw new HttpError(400, 'The parameter module goes with target only');
  const entry = history.get(id);
  if (entry === undefined) throw new HttpError(404, 'No recent probe has this id');
  return entry;
}

function readId(text: string | undefined): number | undefined {
  const id = text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : undefined;
}
