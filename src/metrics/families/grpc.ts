import { gauge } from '../gauge.ts';

export const grpcDuration = gauge('probe_grpc_duration_seconds', 'Duration of gRPC request by phase');
export const grpcSsl = gauge('probe_grpc_ssl', 'Indicates if SSL was used for the connection');
export const grpcStatusCode = gauge('probe_grpc_status_code', 'Response gRPC status code');
export const grpcHealthCheckResponse = gauge('probe_grpc_healthcheck_response', 'Response HealthCheck response');
