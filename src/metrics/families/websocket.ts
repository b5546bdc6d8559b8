import { gauge } from '../gauge.ts';

export const websocketDuration = gauge('probe_websocket_duration_seconds', 'Duration of websocket request by phase');
export const websocketStatusCode = gauge('probe_websocket_status_code', 'Response HTTP status code');
export const websocketUpgraded = gauge(
  'probe_websocket_connection_upgraded',
  'Indicates if the websocket connection was successfully upgraded',
);
export const websocketFailedDueToRegex = gauge(
  'probe_websocket_failed_due_to_regex',
  'Indicates if probe failed due to regex',
);
