/** Where in its way a probe failed; the `phase` label of `probe_failure_info`. */
export const phases = [
  'admission',
  'resolve',
  'connect',
  'proxy',
  'tls',
  'request',
  'response',
  'transfer',
  'dialogue',
  'check',
] as const;
export type Phase = (typeof phases)[number];

/** Why a probe failed; the `reason` label of `probe_failure_info`. The list is closed. */
export const reasons = [
  'bad_target',
  'unusable_file',
  'timeout',
  'cancelled',
  'refused',
  'not_found',
  'unreachable',
  'reset',
  'closed',
  'no_address',
  'nxdomain',
  'dns_error',
  'denied_by_policy',
  'too_many_probes',
  'local_port_exhausted',
  'local_address',
  'too_many_files',
  'permission',
  'certificate_expired',
  'certificate_not_yet_valid',
  'certificate_untrusted',
  'certificate_wrong_host',
  'certificate_revoked',
  'tls_alert',
  'tls_protocol',
  'bad_response',
  'compression',
  'status',
  'http_version',
  'redirect',
  'oauth2',
  'too_large',
  'regexp',
  'cel',
  'header',
  'ssl',
  'bytes',
  'rcode',
  'record',
  'health',
  'other',
] as const;
export type Reason = (typeof reasons)[number];

export interface FailureOptions extends ErrorOptions {
  readonly step?: number;
}

/** A fact about the target that ends a probe without success. It is no bug: anything else that a probe throws is one. */
export class ProbeFailure extends Error {
  readonly phase: Phase;
  readonly reason: Reason;
  /** The step of a dialogue that failed, counted from 1; undefined when none did. */
  readonly step: number | undefined;

  constructor(phase: Phase, reason: Reason, message: string, options?: FailureOptions) {
    // A stack would say nothing of the target, and costs more than many a step of a probe; what its functions hold would
    // be kept as long as the failure.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'ProbeFailure';
    this.phase = phase;
    this.reason = reason;
    this.step = options?.step;
  }
}
