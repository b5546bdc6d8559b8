import { httpStatusCode } from '../metrics/families/http.ts';
import { tcpClosedState } from '../metrics/families/tcp.ts';
import { sslEarliestCertExpiry } from '../metrics/families/tls.ts';
import { maskUserinfo } from '../probe/history.ts';
import type { ProbeResult } from '../probe/run.ts';

/** What a sweep keeps of a probe; the keys are those of its output. */
export interface Row {
  /** The target's place among the targets of the list, from 1. */
  readonly number: number;
  /** When the probe ended (RFC 3339, UTC). */
  readonly time: string;
  /** As it was probed, without credentials. */
  readonly target: string;
  readonly module: string;
  readonly success: boolean;
  readonly duration_seconds: number;
  /** Where and why the probe failed; these three only then. */
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  /** Of the last answer; only with one. */
  readonly http_status?: number;
  /** When the first of the certificates that were served expires; only with TLS. */
  readonly certificate_expiry?: string;
  /** The state in which the kernel held the socket after its close, `closed` when it was gone; only where it tells. */
  readonly socket_after_close?: string;
  /** Every sample of the probe by its name and labels, where that is asked for. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** The row of the target with this number. */
export function rowOf(number: number, result: ProbeResult, withMetrics: boolean): Row {
  const { failure } = result;
  const facts: { -readonly [Key in keyof Row]?: Row[Key] } = {};
  const metrics: Record<string, number> = {};
  for (const { family, labels, value } of result.metrics.samples()) {
    if (family === httpStatusCode && value > 0) facts.http_status = value;
    if (family === sslEarliestCertExpiry && value > 0) facts.certificate_expiry = timeText(value * 1000);
    if (family === tcpClosedState) facts.socket_after_close = labels.slice('{state="'.length, -'"}'.length);
    if (withMetrics) metrics[`${family.name}${labels}`] = value;
  }
  return {
    number,
    time: timeText(Date.now()),
    target: maskUserinfo(result.target),
    module: result.module.name,
    success: result.success,
    duration_seconds: Math.round(result.duration * 1e6) / 1e6,
    ...(failure && { phase: failure.phase, reason: failure.reason, message: failure.message }),
    ...facts,
    ...(withMetrics && { metrics }),
  };
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
