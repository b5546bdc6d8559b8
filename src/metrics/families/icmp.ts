import { gauge } from '../gauge.ts';

export const icmpDuration = gauge('probe_icmp_duration_seconds', 'Duration of icmp request by phase');
export const icmpReplyHopLimit = gauge('probe_icmp_reply_hop_limit', 'Replied packet hop limit (TTL for ipv4)');

export const icmpPacketsSent = gauge('probe_icmp_packets_sent', 'Echo requests that the probe sent');
export const icmpPacketsReceived = gauge('probe_icmp_packets_received', 'Echo requests that were answered');
export const icmpLossRatio = gauge(
  'probe_icmp_loss_ratio',
  'Share of the echo requests that were not answered, 0 to 1',
);
export const icmpMinRtt = gauge('probe_icmp_min_rtt_seconds', 'Shortest round-trip time of the echo requests');
export const icmpMeanRtt = gauge('probe_icmp_mean_rtt_seconds', 'Mean round-trip time of the echo requests');
export const icmpMaxRtt = gauge('probe_icmp_max_rtt_seconds', 'Longest round-trip time of the echo requests');
export const icmpRttDeviation = gauge(
  'probe_icmp_rtt_standard_deviation_seconds',
  'Standard deviation of the round-trip times of the echo requests',
);
