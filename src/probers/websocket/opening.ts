import { randomBytes } from 'node:crypto';
import * as families from '../../metrics/families/websocket.ts';
import { labelTexts } from '../../metrics/labels.ts';
import type { Connection } from '../../net/connection.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { ResolvedAddress } from '../../net/resolve.ts';
import { startStopwatch } from '../../net/stopwatch.ts';
import { tlsContext } from '../../net/tls-context.ts';
import type { ProbeContext } from '../../probe/context.ts';
import { resolveTarget } from '../../probe/resolve.ts';
import { secure } from '../../probe/secure.ts';
import type { HttpResponse } from '../http/exchange.ts';
import { requestHeaders } from '../http/headers.ts';
import { Cookies, type Hop, nextHop, redirectLocation } from '../http/hop.ts';
import { chooseRoute, openRoute, type Route, routeAttributes, type RouteSettings } from '../http/route.ts';
import { type HttpTarget, redirectTarget, redirectUrl } from '../http/target.ts';
import { checkUpgrade, shakeHands } from './handshake.ts';
import type { WebsocketOptions } from './options.ts';
import { asHttp } from './target.ts';

const maxRedirects = 10;
export const phaseLabels = labelTexts('phase', ['resolve', 'connect', 'proxy', 'tls', 'processing', 'transfer']);

/** The way to an open WebSocket: connections and handshakes, redirects where they are to be followed. */
export class Opening {
  readonly #context: ProbeContext;
  readonly #options: WebsocketOptions;
  readonly #cookies = new Cookies();
  #redirects = 0;

  constructor(context: ProbeContext, options: WebsocketOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Opens the WebSocket of a target, whose URL is that of the handshake. Throws ProbeFailure. */
  async open(target: HttpTarget, hostHeader: string | undefined): Promise<Connection> {
    const { metrics, log } = this.#context;
    let hop: Hop = {
      target,
      method: 'GET',
      body: undefined,
      describesBody: false,
      hostHeader,
      trusted: true,
      referer: undefined,
    };
    for (;;) {
      const key = randomBytes(16).toString('base64');
      const route = await this.#route(hop.target);
      const token = await this.#token(hop);
      const headers = this.#headers(hop, key, token);
      const connection = await this.#connect(hop.target, route);
      const response = await this.#shakeHands(connection, hop.target, headers);
      metrics.set(families.websocketStatusCode, response.status);
      log.debug('Received handshake response', { status_code: response.status });
      if (response.status === 101) {
        checkUpgrade(response, key, listed(headers, 'sec-websocket-protocol'));
        metrics.set(families.websocketUpgraded, 1);
        return connection;
      }
      if (token !== undefined && response.status === 401) this.#options.tokens?.forget(token);
      await this.#cookies.receive(response.headers['set-cookie'], hop.target.url);
      hop = this.#nextHop(hop, response);
    }
  }

  /** The first address is the probe's; the others only cost time. */
  async #route(target: HttpTarget): Promise<Route> {
    const started = performance.now();
    const resolve = async (host: string): Promise<ResolvedAddress> => {
      const { policy } = this.#options;
      if (this.#redirects > 0) return await this.#context.connector.resolve(host, policy);
      return (await resolveTarget(this.#context, host, policy)).address;
    };
    try {
      return await chooseRoute(this.#routes, target, false, resolve);
    } finally {
      this.#took('resolve', (performance.now() - started) / 1000);
    }
  }

  async #token({ trusted }: Hop): Promise<string | undefined> {
    const { policy, tokens } = this.#options;
    return trusted ? await tokens?.authorization(this.#context, policy) : undefined;
  }

  #headers(hop: Hop, key: string, token: string | undefined): string[] {
    const options = { client: this.#options.client, headers: new Map<string, string>() };
    const headers = requestHeaders(options, hop, this.#cookies, { token, proxy: undefined });
    return [...headers, 'Sec-WebSocket-Version', '13', 'Sec-WebSocket-Key', key];
  }

  async #connect(target: HttpTarget, route: Route): Promise<Connection> {
    const { connector, hostname, log, signal } = this.#context;
    const { serverName: _, ...withoutName } = this.#options.client.tls;
    const settings = this.#redirects === 0 ? this.#options.client.tls : withoutName;
    tlsContext(settings); // Files that cannot be used are told before anybody is bothered.
    log.debug('Dialing', { ...routeAttributes(route), port: target.port });
    const opened = connector.opened;
    const stopwatch = startStopwatch(connector);
    let tunnelled: number | undefined;
    try {
      // Through a proxy there is always a tunnel (RFC 6455, section 4.1), as there is for https.
      const connection = await openRoute(connector, route, { ...target, secure: true }, this.#routes, signal);
      tunnelled = stopwatch();
      const host = this.#redirects === 0 ? (hostname ?? target.host) : target.host;
      if (target.secure) await secure(this.#context, connection, { settings, host, alpn: ['http/1.1'] });
      return connection;
    } finally {
      const { connect, tls } = (connector.opened > opened ? connector.last : undefined)?.phases ?? {
        connect: 0,
        tls: 0,
      };
      this.#took('connect', connect);
      this.#took('tls', tls);
      if (route.proxy !== undefined) {
        this.#took('proxy', Math.max(0, (tunnelled ?? stopwatch()) - connect));
      }
    }
  }

  async #shakeHands(connection: Connection, target: HttpTarget, headers: readonly string[]): Promise<HttpResponse> {
    const stopwatch = startStopwatch(connection);
    try {
      return await shakeHands(connection, { path: target.path, headers }, this.#context.signal);
    } finally {
      this.#took('processing', stopwatch());
    }
  }

  /** Where an answer other than 101 leads. Throws ProbeFailure when it is nowhere. */
  #nextHop(hop: Hop, response: HttpResponse): Hop {
    const location = this.#options.client.followRedirects ? redirectLocation(response) : undefined;
    if (location === undefined) {
      const why = `The server answered the handshake with HTTP status ${response.status} instead of 101`;
      throw new ProbeFailure('response', 'status', why);
    }
    const url = redirectUrl(asHttp(location), hop.target.url);
    const target = url && redirectTarget(url);
    if (target === undefined) {
      throw new ProbeFailure('response', 'redirect', `The redirect to ${JSON.stringify(location)} cannot be followed`);
    }
    if (this.#redirects === maxRedirects) {
      throw new ProbeFailure('response', 'redirect', `There are more than ${maxRedirects} redirects`);
    }
    this.#redirects += 1;
    this.#context.log.debug('Received redirect', { location, status_code: response.status });
    return nextHop(hop, response.status, target, !/^([a-z][a-z0-9+.-]*:)?\/\//i.test(location));
  }

  get #routes(): RouteSettings {
    const { client, policy } = this.#options;
    return { ...(client.proxy !== undefined && { proxy: client.proxy }), tls: client.tls, policy };
  }

  #took(phase: keyof typeof phaseLabels, seconds: number): void {
    this.#context.metrics.add(families.websocketDuration, seconds, phaseLabels[phase]);
  }
}

/** The items of a header that is a list. */
function listed(headers: readonly string[], name: string): string[] {
  return headers.flatMap((value, index) =>
    index % 2 === 1 && headers[index - 1]?.toLowerCase() === name ? value.split(',').map((item) => item.trim()) : [],
  );
}
