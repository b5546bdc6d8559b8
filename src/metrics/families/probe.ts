import { gauge } from '../gauge.ts';

export const probeSuccess = gauge('probe_success', 'Displays whether or not the probe was a success');
export const probeDuration = gauge('probe_duration_seconds', 'Returns how long the probe took to complete in seconds');
export const probeTimeout = gauge('probe_timeout_seconds', 'Returns how long the probe timeout is in seconds');
export const probeExporterLag = gauge(
  'probe_exporter_lag_seconds',
  'How long the probe waited for the exporter itself, in the gate and with input that nobody had read',
);
export const probeFailureInfo = gauge(
  'probe_failure_info',
  'Where in its way and for which reason the probe failed, 1 on failure',
);
export const probeFailureStep = gauge(
  'probe_failure_step',
  'The step of query_response that failed, counted from 1; there only when one did',
);

export const probeAttempts = gauge('probe_attempts', 'How many attempts the probe made, where the module has retries');
export const firstAttemptSuccess = gauge(
  'probe_first_attempt_success',
  'Displays whether or not the first attempt was a success, where the module has retries',
);
export const firstAttemptDuration = gauge(
  'probe_first_attempt_duration_seconds',
  'How long the first attempt took, where the module has retries',
);
export const firstAttemptFailureInfo = gauge(
  'probe_first_attempt_failure_info',
  'Where in its way and for which reason the first attempt failed, 1 on failure',
);

export const dnsLookupTime = gauge(
  'probe_dns_lookup_time_seconds',
  'Returns the time taken for probe dns lookup in seconds',
);
export const ipProtocol = gauge('probe_ip_protocol', 'Specifies whether probe ip protocol is IP4 or IP6');
export const ipAddressHash = gauge(
  'probe_ip_addr_hash',
  "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
);
export const ipInfo = gauge('probe_ip_info', 'The address that the probe went to', 'of the target');

export const failedDueToRegex = gauge('probe_failed_due_to_regex', 'Indicates if probe failed due to regex');
export const failedDueToCel = gauge(
  'probe_failed_due_to_cel',
  'Indicates if probe failed due to CEL expression not matching',
);
export const failedDueToBytes = gauge('probe_failed_due_to_bytes', 'Indicates if probe failed due to bytes');
export const expectInfo = gauge('probe_expect_info', 'Explicit content matched', 'of the target');
