import { ProbeFailure } from '../../net/failure.ts';
import type { HttpResponse } from './exchange.ts';

export interface Token {
  /** The value of the Authorization header that it makes. */
  readonly authorization: string;
  /** Milliseconds since the epoch; Infinity when the server does not say. */
  readonly expires: number;
}

/** An answer of the server that gives no token. */
export class TokenRefusal extends ProbeFailure {
  /** The status of the answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super('request', 'oauth2', message);
    this.status = status;
  }
}

/** The fields of an answer (RFC 6749, section 5) that are used. */
type Fields = Readonly<Record<string, unknown>>;

/** Reads the token in an answer. Throws TokenRefusal when there is none. */
export function readToken({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>, body: Buffer): Token {
  const fields = parse(String(headers['content-type'] ?? ''), body.toString('utf8'));
  const error = fields?.['error'];
  if (status < 200 || status > 299 || (error !== undefined && error !== '')) {
    throw new TokenRefusal(
      status,
      `The server refuses a token: ${status}${describe(error)}${describe(fields?.['error_description'])}`,
    );
  }
  if (fields === undefined) throw new TokenRefusal(status, 'The answer of the token URL is neither JSON nor a form');
  const { access_token: token, token_type: type, expires_in: seconds } = fields;
  if (typeof token !== 'string' || token === '')
    throw new TokenRefusal(status, 'The answer of the token URL has no access_token');
  if (/[\r\n\0]/.test(`${token}${String(type)}`)) throw new TokenRefusal(status, 'The token has a line break');
  return { authorization: `${scheme(type)} ${token}`, expires: expiry(seconds) };
}

function parse(contentType: string, text: string): Fields | undefined {
  if (/^(application\/x-www-form-urlencoded|text\/plain)\b/i.test(contentType)) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined; // Whoever asked tells what was wrong.
  }
}

const schemes = new Map([
  ['', 'Bearer'],
  ['bearer', 'Bearer'],
  ['mac', 'MAC'],
  ['basic', 'Basic'],
]);

function scheme(type: unknown): string {
  const text = typeof type === 'string' ? type : '';
  return schemes.get(text.toLowerCase()) ?? text;
}

/** Some servers send the seconds as a text. */
function expiry(seconds: unknown): number {
  const value = Number(seconds ?? 0);
  return value > 0 ? Date.now() + value * 1000 : Infinity;
}

function describe(text: unknown): string {
  return typeof text === 'string' && text !== '' ? `, ${JSON.stringify(text.slice(0, 200))}` : '';
}
