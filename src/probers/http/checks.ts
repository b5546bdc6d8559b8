import { type CelExpression, CelFailure, readCelDocument } from '../../config/cel.ts';
import type { Regexp } from '../../config/regexp.ts';
import type { StatusCodes } from '../../config/status-codes.ts';
import { ProbeFailure, type Reason } from '../../net/failure.ts';
import type { HttpResponse } from './exchange.ts';

/** One entry of `fail_if_header_matches` or `fail_if_header_not_matches`. */
export interface HeaderMatch {
  readonly header: string;
  readonly regexp: Regexp;
  readonly allowMissing: boolean;
}

/** What a response must be like. */
export interface HttpChecks {
  readonly validStatusCodes: readonly StatusCodes[];
  /** As `1.1`; empty for any. */
  readonly validHttpVersions: readonly string[];
  readonly headerMatches: readonly HeaderMatch[];
  readonly headerNotMatches: readonly HeaderMatch[];
  readonly bodyMatches: readonly Regexp[];
  readonly bodyNotMatches: readonly Regexp[];
  readonly bodyMatchesCel: CelExpression | undefined;
  readonly bodyNotMatchesCel: CelExpression | undefined;
  readonly failIfSsl: boolean;
  readonly failIfNotSsl: boolean;
}

/** Whether any check is about the body. */
export function looksAtBody(checks: HttpChecks): boolean {
  return checks.bodyMatches.length + checks.bodyNotMatches.length > 0 || usesCel(checks);
}

/** Whether any check is an expression on a JSON body. */
export function usesCel({ bodyMatchesCel, bodyNotMatchesCel }: HttpChecks): boolean {
  return bodyMatchesCel !== undefined || bodyNotMatchesCel !== undefined;
}

function failed(reason: Reason, message: string): ProbeFailure {
  return new ProbeFailure('check', reason, message);
}

/** Why the status is not among the valid ones; undefined when it is. */
export function checkStatus({ validStatusCodes }: HttpChecks, status: number): ProbeFailure | undefined {
  if (validStatusCodes.some(({ first, last }) => status >= first && status <= last)) return undefined;
  const wanted = validStatusCodes.map(({ text }) => text).join(' or ');
  return failed('status', `The status is ${status}, wanted ${wanted}`);
}

/** Why the version is not among the valid ones; undefined when it is. */
export function checkVersion({ validHttpVersions }: HttpChecks, version: string): ProbeFailure | undefined {
  if (validHttpVersions.length === 0 || validHttpVersions.includes(version)) return undefined;
  return failed('http_version', `The HTTP version is ${version}, wanted ${validHttpVersions.join(' or ')}`);
}

/** Why the scheme of the final response is not as wanted; undefined when it is. */
export function checkSsl({ failIfSsl, failIfNotSsl }: HttpChecks, secure: boolean): ProbeFailure | undefined {
  if (secure && failIfSsl) return failed('ssl', 'The final request was over TLS');
  if (!secure && failIfNotSsl) return failed('ssl', 'The final request was not over TLS');
  return undefined;
}

/** Why a header is not as wanted; undefined when all are. */
export function checkHeaders(
  { headerMatches, headerNotMatches }: HttpChecks,
  headers: HttpResponse['headers'],
): ProbeFailure | undefined {
  for (const { header, regexp, allowMissing } of headerMatches) {
    const values = headerValues(headers, header);
    if (values.length === 0 && !allowMissing) return failed('header', `The header ${header} is missing`);
    if (values.some((value) => regexp.test(value)))
      return failed('header', `The header ${header} matched ${regexp.source}`);
  }
  for (const { header, regexp, allowMissing } of headerNotMatches) {
    const values = headerValues(headers, header);
    if (values.length === 0 && allowMissing) continue;
    if (values.length === 0) return failed('header', `The header ${header} is missing`);
    if (!values.some((value) => regexp.test(value))) {
      return failed('header', `The header ${header} did not match ${regexp.source}`);
    }
  }
  return undefined;
}

/** Why the body is not as wanted; undefined when it is. */
export function checkBody({ bodyMatches, bodyNotMatches }: HttpChecks, body: Buffer): ProbeFailure | undefined {
  for (const regexp of bodyMatches) {
    if (regexp.test(body)) return failed('regexp', `The body matched ${regexp.source}`);
  }
  for (const regexp of bodyNotMatches) {
    if (!regexp.test(body)) return failed('regexp', `The body did not match ${regexp.source}`);
  }
  return undefined;
}

/** Why the body, as JSON, is not as the CEL expressions want it, within `limit` milliseconds; undefined when it is. */
export function checkJson(checks: HttpChecks, body: Buffer, limit: number): ProbeFailure | undefined {
  const { bodyMatchesCel, bodyNotMatchesCel } = checks;
  if (!usesCel(checks)) return undefined;
  try {
    const document = readCelDocument(body);
    if (bodyMatchesCel?.test(document, limit) === true)
      return failed('cel', `The body matched ${bodyMatchesCel.source}`);
    if (bodyNotMatchesCel?.test(document, limit) === false) {
      return failed('cel', `The body did not match ${bodyNotMatchesCel.source}`);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof CelFailure)) throw error;
    return failed('cel', error.message);
  }
}

function headerValues(headers: HttpResponse['headers'], name: string): readonly string[] {
  const value = headers[name.toLowerCase()];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
