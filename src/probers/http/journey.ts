import { httpDuration, httpRedirects } from '../../metrics/families/http.ts';
import { labelTexts } from '../../metrics/labels.ts';
import type { Connection } from '../../net/connection.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { ResolvedAddress } from '../../net/resolve.ts';
import { startStopwatch } from '../../net/stopwatch.ts';
import { tlsContext } from '../../net/tls-context.ts';
import type { ProbeContext } from '../../probe/context.ts';
import { resolveTarget } from '../../probe/resolve.ts';
import { recordTls } from '../../probe/tls-metrics.ts';
import type { Body } from './body.ts';
import { exchange, type HttpExchange, type HttpResponse } from './exchange.ts';
import { requestHeaders } from './headers.ts';
import { Cookies, type Hop, nextHop, redirectLocation } from './hop.ts';
import { HopSink } from './hop-sink.ts';
import type { HttpOptions } from './options.ts';
import { askedProxy, chooseRoute, openRoute, type Route, routeAttributes, type RouteSettings } from './route.ts';
import { type HttpTarget, redirectTarget, redirectUrl } from './target.ts';

const maxRedirects = 10;

/** The response that no redirect leads away from. */
export interface FinalAnswer {
  readonly hop: Hop;
  readonly exchange: HttpExchange;
  readonly body: Body;
  /** Why the body is cut off, broken or too large; undefined when it is whole. */
  readonly failure: ProbeFailure | undefined;
  /** Why a redirect was not followed although it could have been. */
  readonly stopped: ProbeFailure | undefined;
}

const phases = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;
const phaseLabels = labelTexts('phase', phases);
const proxyLabel = labelTexts('phase', ['proxy']).proxy;

/** The way of one probe from its target along the redirects, each hop over a connection of its own. */
export class Journey {
  readonly #context: ProbeContext;
  readonly #options: HttpOptions;
  readonly #cookies = new Cookies();
  readonly #durations: Record<(typeof phases)[number], number> = {
    resolve: 0,
    connect: 0,
    tls: 0,
    processing: 0,
    transfer: 0,
  };
  /** What the ways through proxies took beside connecting; undefined without any. */
  #proxied: number | undefined;
  #redirects = 0;

  constructor(context: ProbeContext, options: HttpOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Goes the way to its end. Throws ProbeFailure when a hop gives no response. */
  async travel(target: HttpTarget, body: Buffer | undefined): Promise<FinalAnswer> {
    const { hostname } = this.#context;
    const hostHeader = hostname ?? this.#options.hostHeader;
    let hop: Hop = {
      target,
      method: this.#options.method,
      body,
      hostHeader,
      describesBody: true,
      trusted: true,
      referer: undefined,
    };
    for (;;) {
      const sink = new HopSink(
        this.#options.received,
        (response) => this.#follows(response),
        (processing) => {
          this.#durations.processing += processing;
        },
      );
      const result = await this.#exchange(hop, sink);
      const { response } = result;
      await this.#cookies.receive(response.headers['set-cookie'], hop.target.url);
      const location = redirectLocation(response);
      const url = location === undefined ? undefined : redirectUrl(location, hop.target.url);
      const next = url && redirectTarget(url);
      if (location !== undefined) {
        if (url !== undefined) this.#redirects += 1;
        this.#context.log.debug('Received redirect', { location, status_code: response.status });
      }
      if (!sink.leaves) return await this.#arrive(hop, result, sink.body, location);
      if (next === undefined) {
        const why = `The redirect to ${JSON.stringify(location)} cannot be followed`;
        throw new ProbeFailure('response', 'redirect', why);
      }
      hop = nextHop(hop, response.status, next, !/^([a-z][a-z0-9+.-]*:)?\/\//i.test(location ?? ''));
    }
  }

  /** Tells the durations, summed over the hops, the number of redirects, and the TLS of the last hop. */
  record(): void {
    const { metrics, connector } = this.#context;
    for (const phase of phases) metrics.set(httpDuration, this.#durations[phase], phaseLabels[phase]);
    if (this.#proxied !== undefined) metrics.set(httpDuration, this.#proxied, proxyLabel);
    metrics.set(httpRedirects, this.#redirects);
    if (connector.last?.tls !== undefined) recordTls(this.#context, connector.last.tls);
  }

  #follows(response: HttpResponse): boolean {
    const { followRedirects } = this.#options.client;
    return followRedirects && this.#redirects < maxRedirects && redirectLocation(response) !== undefined;
  }

  async #exchange(hop: Hop, sink: HopSink): Promise<HttpExchange> {
    const { signal, connector } = this.#context;
    const { target, hostHeader } = hop;
    const leaveNameToProxy = this.#redirects > 0 || this.#options.skipResolveWithProxy;
    const route = await chooseRoute(this.#routes, target, leaveNameToProxy, (host) => this.#resolve(host));
    tlsContext(this.#options.client.tls); // Files that cannot be used are told before anybody is bothered.
    const { tokens, policy } = this.#options;
    const token = hop.trusted ? await tokens?.authorization(this.#context, policy) : undefined;
    const proxy = askedProxy(route, target);
    const request = {
      origin: target.origin,
      path: proxy === undefined ? target.path : `http://${hostHeader ?? target.authority}${target.path}`,
      method: hop.method,
      headers: requestHeaders(this.#options, hop, this.#cookies, { token, proxy }),
      body: hop.body,
      close: connector.settings.close === 'fin',
    };
    const result = await exchange(await this.#connect(hop, route), request, sink, signal);
    if (token !== undefined && result.response.status === 401) tokens?.forget(token);
    return result;
  }

  get #routes(): RouteSettings {
    const { client, policy } = this.#options;
    return { ...(client.proxy !== undefined && { proxy: client.proxy }), tls: client.tls, policy };
  }

  async #arrive(hop: Hop, exchanged: HttpExchange, body: Body, location: string | undefined): Promise<FinalAnswer> {
    const broken = await body.end(exchanged.failure === undefined, this.#context.signal);
    this.#durations.transfer += exchanged.transfer;
    const tooMany = location !== undefined && this.#options.client.followRedirects;
    return {
      hop,
      exchange: exchanged,
      body,
      failure: exchanged.failure ?? broken,
      stopped: tooMany
        ? new ProbeFailure('response', 'redirect', `There are more than ${maxRedirects} redirects`)
        : undefined,
    };
  }

  async #connect(hop: Hop, route: Route): Promise<Connection> {
    const { connector, log } = this.#context;
    const { target } = hop;
    log.debug('Making HTTP request', {
      ...routeAttributes(route),
      port: target.port,
      host: hop.hostHeader ?? target.authority,
    });
    const before = connector.last;
    try {
      const connection = await this.#open(route, target);
      if (target.secure) await connection.startTls(this.#tlsOptions(hop));
      return connection;
    } finally {
      const { connect = 0, tls = 0 } = connector.last === before ? {} : (connector.last?.phases ?? {});
      this.#durations.connect += connect;
      this.#durations.tls += tls;
    }
  }

  async #open(route: Route, target: HttpTarget): Promise<Connection> {
    const { connector, signal } = this.#context;
    const before = connector.last;
    const stopwatch = startStopwatch(connector);
    try {
      return await openRoute(connector, route, target, this.#routes, signal);
    } finally {
      if (route.proxy !== undefined) {
        const connect = connector.last === before ? 0 : (connector.last?.phases.connect ?? 0);
        this.#proxied = (this.#proxied ?? 0) + Math.max(0, stopwatch() - connect);
      }
    }
  }

  /** The first address is the probe's; the others only cost time. */
  async #resolve(host: string): Promise<ResolvedAddress> {
    const { policy } = this.#options;
    const started = performance.now();
    try {
      if (this.#redirects > 0) return await this.#context.connector.resolve(host, policy);
      const { address } = await resolveTarget(this.#context, host, policy);
      return address;
    } finally {
      this.#durations.resolve += (performance.now() - started) / 1000;
    }
  }

  #tlsOptions({ target, hostHeader }: Hop): Parameters<Connection['startTls']>[0] {
    const { tls, enableHttp2 } = this.#options.client;
    const { serverName: _, ...withoutName } = tls;
    return {
      // A configured name is the first host's.
      settings: this.#redirects === 0 ? tls : withoutName,
      host: hostHeader === undefined ? target.host : hostHeader.replace(/:\d*$/, '').replace(/^\[|\]$/g, ''),
      ...(enableHttp2 && { alpn: ['h2', 'http/1.1'] }),
    };
  }
}
