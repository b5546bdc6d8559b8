import type { CookieJar } from 'tough-cookie';
import type { HttpResponse } from './exchange.ts';
import type { HttpTarget } from './target.ts';

/** What is asked of one host on the way along the redirects. */
export interface Hop {
  readonly target: HttpTarget;
  readonly method: string;
  readonly body: Buffer | undefined;
  /** Whether the headers that describe a body are sent: no more once a redirect has dropped it. */
  readonly describesBody: boolean;
  /** The Host header where it is not the URL's authority. */
  readonly hostHeader: string | undefined;
  /** Whether credentials may be sent: never again once the way has left the first host, or TLS. */
  readonly trusted: boolean;
  readonly referer: string | undefined;
}

const redirects = new Set([301, 302, 303, 307, 308]);

/** Where a response sends the client; undefined when it is no redirect, or names no place. */
export function redirectLocation({ status, headers }: HttpResponse): string | undefined {
  const { location } = headers;
  const first = typeof location === 'string' ? location : location?.[0];
  return redirects.has(status) && first !== '' ? first : undefined;
}

/** The next hop after a redirect (RFC 9110, section 15.4; methods and bodies as browsers and Go do). */
export function nextHop(hop: Hop, status: number, target: HttpTarget, relative: boolean): Hop {
  const keeps = status === 307 || status === 308;
  const sameHost = target.url.hostname === hop.target.url.hostname;
  const downgraded = hop.target.secure && !target.secure;
  return {
    target,
    method: keeps || hop.method === 'GET' || hop.method === 'HEAD' ? hop.method : 'GET',
    body: keeps ? hop.body : undefined,
    describesBody: hop.describesBody && keeps,
    hostHeader: relative ? hop.hostHeader : undefined,
    trusted: hop.trusted && sameHost && !downgraded,
    referer: downgraded ? undefined : refererOf(hop.target.url),
  };
}

function refererOf(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare.href;
}

/** The cookies of one probe, as a browser's jar keeps them (RFC 6265). The jar is made when the first cookie comes. */
export class Cookies {
  #jar: CookieJar | undefined;

  async receive(setCookie: string | string[] | undefined, url: URL): Promise<void> {
    if (setCookie === undefined) return;
    this.#jar ??= new (await import('tough-cookie')).CookieJar();
    for (const cookie of typeof setCookie === 'string' ? [setCookie] : setCookie) {
      this.#jar.setCookieSync(cookie, url.href, { ignoreError: true });
    }
  }

  /** The Cookie header for `url`; undefined when there is nothing to send. */
  headerFor(url: URL): string | undefined {
    return this.#jar?.getCookieStringSync(url.href) || undefined;
  }
}
