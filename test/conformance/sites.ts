import { valid } from '../support/identities.ts';
import { serveHttp, serveHttps, type Handler, type HttpServer, type Lifetime } from '../support/servers.ts';
import { requestFacts } from './probe-case.ts';
import type { OpenTarget } from './targets.ts';

/** A module whose names and addresses both lead to 127.0.0.1. */
export const siteModule = (options: object = {}, rest: object = {}) => ({
  prober: 'http',
  http: { preferred_ip_protocol: 'ip4', ...options },
  ...rest,
});

/** How each path answers. */
export type Routes = Readonly<Record<string, Reply>>;
export type Reply = readonly [
  status: number,
  location?: string | undefined,
  more?: Readonly<Record<string, string | string[]>>,
];

/** One server; `/` and the other paths answer as told, everything else 200. Locations may name `{port}`. */
export const site =
  (routes: Routes, { path = '/', host = '127.0.0.1' } = {}): OpenTarget =>
  async (lifetime) => {
    let port = 0;
    const server = await serveHttp(
      lifetime,
      routed(routes, () => ({ port })),
    );
    port = server.port;
    return { target: `http://${host}:${port}${path}`, seen: async () => server.takeRequests().map(requestFacts) };
  };

const routed =
  (routes: Routes, ports: () => Readonly<Record<string, number>>): Handler =>
  (request, response) => {
    const [status, location, more = {}] = routes[request.url ?? ''] ?? [200];
    for (const [name, value] of Object.entries(more)) response.setHeader(name, value);
    if (location !== undefined) response.setHeader('Location', fill(location, ports()));
    response.statusCode = status;
    response.end(`answer to ${request.url ?? ''}`);
  };

function fill(text: string, ports: Readonly<Record<string, number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(ports[name]));
}

/** Two servers of different origins: `/` of the first redirects to the second. */
export const twoSites =
  (
    open: (lifetime: Lifetime, handler: Handler) => Promise<HttpServer>,
    openSecond: typeof open,
    location: string,
    host = '127.0.0.1',
    more: Readonly<Record<string, string>> = {},
  ): OpenTarget =>
  async (lifetime) => {
    const second = await openSecond(
      lifetime,
      routed({}, () => ({})),
    );
    const first = await open(
      lifetime,
      routed({ '/': [302, location, more] }, () => ({ port: second.port })),
    );
    const scheme = first.origin.split(':')[0] ?? '';
    return {
      target: `${scheme}://${host}:${first.port}/`,
      seen: async () => [...first.takeRequests(), ...second.takeRequests()].map(requestFacts),
    };
  };

export const plainServer = (lifetime: Lifetime, handler: Handler) => serveHttp(lifetime, handler);
export const secureServer = (lifetime: Lifetime, handler: Handler) => serveHttps(lifetime, valid(), handler);

/** `/` leads over that many redirects, through `/1`, `/2` and so on. */
export const chain = (length: number): Routes =>
  Object.fromEntries(
    Array.from({ length }, (_, hop): [string, Reply] => [hop === 0 ? '/' : `/${hop}`, [302, `/${hop + 1}`]]),
  );
