import { gauge } from '../gauge.ts';

export const dnsDuration = gauge('probe_dns_duration_seconds', 'Duration of DNS request by phase');
export const dnsAnswerRrs = gauge(
  'probe_dns_answer_rrs',
  'Returns number of entries in the answer resource record list',
);
export const dnsAuthorityRrs = gauge(
  'probe_dns_authority_rrs',
  'Returns number of entries in the authority resource record list',
);
export const dnsAdditionalRrs = gauge(
  'probe_dns_additional_rrs',
  'Returns number of entries in the additional resource record list',
);
export const dnsQuerySucceeded = gauge(
  'probe_dns_query_succeeded',
  'Displays whether or not the query was executed successfully',
);
export const dnsSerial = gauge('probe_dns_serial', 'Returns the serial number of the zone');
