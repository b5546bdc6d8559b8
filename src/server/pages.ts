import { posix } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { version } from '../version.ts';
import { indexPage } from '../web/index-page.ts';
import type { AppOptions } from './app.ts';
import { HttpError } from './http-error.ts';

/** The page, which also answers every path under the prefix that has no route, and the redirects towards it. */
export function addPages(app: FastifyInstance, options: AppOptions): void {
  const { externalUrl, routePrefix } = options.paths;
  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    redirectToClean(request, reply) ?? sendPage(reply, options);

  app.all(`${routePrefix}*`, page);
  app.setNotFoundHandler((request, reply) => {
    const redirected = redirectToClean(request, reply);
    if (redirected === undefined) throw new HttpError(404, 'There is no such page');
    return redirected;
  });
  if (routePrefix === '/') return;
  app.all('/', (_request, reply) => reply.redirect(externalUrl, 302));
  app.all(routePrefix.slice(0, -1), (request, reply) => redirect(request, reply, routePrefix));
}

/** Sends a client that asked for `//probe` or `/a/../probe` to `/probe`. */
function redirectToClean(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const path = pathOf(request);
  const clean = posix.normalize(path);
  return clean === path || !clean.startsWith('/') ? undefined : redirect(request, reply, clean);
}

function redirect(request: FastifyRequest, reply: FastifyReply, path: string): FastifyReply {
  const search = request.url.slice(pathOf(request).length);
  // Browsers take a backslash for a slash, and two of them for the start of another host.
  return reply.redirect(`${path.replaceAll('\\', '%5C')}${search}`, 301);
}

function pathOf(request: FastifyRequest): string {
  return /^[^?#]*/.exec(request.url)?.[0] ?? '';
}

async function sendPage(reply: FastifyReply, { overview, debug }: AppOptions): Promise<FastifyReply> {
  const text = indexPage({ version, recent: await overview.recent(), logs: debug });
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    .header('x-content-type-options', 'nosniff')
    .send(text);
}
