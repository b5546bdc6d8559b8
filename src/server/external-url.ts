import { hostname } from 'node:os';

/** Where the pages are, as seen from outside and inside. */
export interface WebPaths {
  /** The URL under which users reach the exporter, without a slash at its end. */
  readonly externalUrl: string;
  /** The prefix of every route; begins and ends with a slash. */
  readonly routePrefix: string;
}

export interface WebPathOptions {
  readonly externalUrl: string | undefined;
  readonly routePrefix: string | undefined;
  /** The port of the first listen address, for an external URL that is not given. */
  readonly port: number;
}

/** Derives the paths from the flags. Throws an Error with a sentence when the external URL is none. */
export function webPaths(options: WebPathOptions): WebPaths {
  const external = externalUrl(options.externalUrl ?? `http://${hostname()}:${options.port}/`);
  const prefix = trimSlashes(options.routePrefix || external.path);
  return { externalUrl: external.url, routePrefix: prefix === '' ? '/' : `/${prefix}/` };
}

/** A whole URL, or a path alone. */
function externalUrl(text: string): { url: string; path: string } {
  if (/^\/(?!\/)/.test(text)) {
    const path = text.replace(/\/+$/, '');
    return { url: path, path };
  }
  const isWhole = /^https?:\/\//i.test(text) && URL.canParse(text);
  if (!isWhole)
    throw new Error(`The external URL ${JSON.stringify(text)} is neither a URL (http://host/path) nor a path`);
  const url = new URL(text);
  const path = url.pathname.replace(/\/+$/, '');
  return { url: `${url.origin}${path}${url.search}`, path };
}

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
