import { gauge } from '../gauge.ts';

export const tcpDuration = gauge(
  'probe_tcp_duration_seconds',
  'Duration of the probe by phase: resolve, connect, tls, dialogue',
);

export const tcpRtt = gauge('probe_tcp_rtt_seconds', 'Smoothed round-trip time of the connection');
export const tcpRttVariance = gauge('probe_tcp_rtt_variance_seconds', 'Variance of the round-trip time');
export const tcpMinRtt = gauge('probe_tcp_min_rtt_seconds', 'Smallest round-trip time seen on the connection');
export const tcpRetransmits = gauge('probe_tcp_retransmits', 'Segments that the connection sent again');
export const tcpLostSegments = gauge('probe_tcp_lost_segments', 'Segments held for lost when the connection ended');
export const tcpReorderedSegments = gauge('probe_tcp_reordered_segments', 'Reorderings seen on the connection');
export const tcpCongestionWindow = gauge(
  'probe_tcp_congestion_window_segments',
  'Congestion window when the connection ended, in segments',
);
export const tcpSendMss = gauge('probe_tcp_send_mss_bytes', 'Maximum segment size for sending');
export const tcpReceiveMss = gauge('probe_tcp_receive_mss_bytes', 'Maximum segment size for receiving');
export const tcpPathMtu = gauge('probe_tcp_path_mtu_bytes', 'Path MTU of the connection');
export const tcpSentBytes = gauge('probe_tcp_sent_bytes', 'Payload bytes sent, each counted once');
export const tcpReceivedBytes = gauge('probe_tcp_received_bytes', 'Payload bytes received');
export const tcpDeliveryRate = gauge(
  'probe_tcp_delivery_rate_bytes_per_second',
  'Most recent rate at which the target acknowledged data',
);
export const tcpOptionsInfo = gauge('probe_tcp_options_info', 'TCP options that the connection negotiated');
export const tcpConnections = gauge('probe_tcp_connections', 'How many TCP connections the probe opened');

export const tcpClosedState = gauge(
  'probe_tcp_closed_state',
  "State in which the kernel holds the probe's last socket after its close; closed means that it is gone",
);
export const tcpSockets = gauge(
  'probe_tcp_sockets',
  'Sockets of this network namespace towards the probed address and port by state, at most one second old',
);
