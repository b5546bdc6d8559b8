import { httpStatusCode, httpVersion } from '../../metrics/families/http.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { userAgent } from '../../version.ts';
import { Body } from '../http/body.ts';
import { exchange as exchangeHttp } from '../http/exchange.ts';
import type { HttpTarget } from '../http/target.ts';
import { checkFit, type Exchange } from './exchange.ts';
import { connect } from './stream.ts';

const mediaType = 'application/dns-message';
const maxMessage = 65535;

/** Asks by HTTPS (RFC 8484, section 4.1): a POST, of which the answer is the response's body. Redirects are not followed. */
export async function askByHttps(exchange: Exchange, url: HttpTarget): Promise<Buffer> {
  const { context, query, id } = exchange;
  const { metrics, signal, connector } = context;
  const connection = await connect(exchange);
  exchange.connected();
  const body = new Body({ compression: undefined, limit: maxMessage, keep: true });
  const request = {
    origin: url.origin,
    path: url.path === '/' ? '/dns-query' : url.path,
    method: 'POST',
    headers: ['Host', url.authority, 'Accept', mediaType, 'Content-Type', mediaType, 'User-Agent', userAgent],
    body: query.withId(id),
    close: connector.settings.close === 'fin',
  };
  const { response, failure } = await exchangeHttp(connection, request, body, signal);
  metrics.set(httpStatusCode, response.status);
  metrics.set(httpVersion, Number(response.version));
  const broken = failure ?? (await body.end(true, signal));
  if (response.status !== 200) {
    throw new ProbeFailure('response', 'status', `The HTTP status is ${response.status}, wanted 200`);
  }
  if (broken !== undefined) throw broken;
  const type = response.headers['content-type'];
  if (typeof type !== 'string' || type.split(';', 1)[0]?.trim().toLowerCase() !== mediaType) {
    const message = `The content type is ${JSON.stringify(type ?? '')}, wanted ${mediaType}`;
    throw new ProbeFailure('response', 'bad_response', message);
  }
  const answer = body.bytes();
  checkFit(exchange, answer);
  return answer;
}
