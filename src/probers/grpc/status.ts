import { type Phase, ProbeFailure, type Reason } from '../../net/failure.ts';
import type { ProbeSignal } from '../../net/abort.ts';
import { errorCodes } from '../http2/frames.ts';

/** The names of the status codes of gRPC (its doc/statuscodes.md), by code. */
const names = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** The codes that a client itself gives to a call. */
export const grpcStatus = {
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** A status as text: `5 NOT_FOUND`. */
export function statusText(code: number): string {
  return `${code} ${names[code] ?? '(no code of gRPC)'}`;
}

/** Why a call failed, and the status that it counts as. */
export class GrpcFailure extends ProbeFailure {
  readonly code: number;

  constructor(code: number, phase: Phase, reason: Reason, message: string, options?: ErrorOptions) {
    super(phase, reason, message, options);
    this.code = code;
  }
}

/** Makes a failure of the connection one of a call: the service is unavailable, unless the probe ran out of time. */
export function asGrpcFailure(failure: ProbeFailure, signal: ProbeSignal): GrpcFailure {
  if (failure instanceof GrpcFailure) return failure;
  const { phase, reason, message } = failure;
  let code: number = grpcStatus.unavailable;
  if (signal.aborted && reason === 'timeout') code = grpcStatus.deadlineExceeded;
  if (signal.aborted && reason === 'cancelled') code = grpcStatus.cancelled;
  return new GrpcFailure(code, phase, reason, message, { cause: failure });
}

const statusByHttp: Readonly<Record<number, number>> = {
  400: grpcStatus.internal,
  401: grpcStatus.unauthenticated,
  403: grpcStatus.permissionDenied,
  404: grpcStatus.unimplemented,
  429: grpcStatus.unavailable,
  502: grpcStatus.unavailable,
  503: grpcStatus.unavailable,
  504: grpcStatus.unavailable,
};

/** The status of an answer that is none of gRPC, by its HTTP status (gRPC's doc/http-grpc-status-mapping.md). */
export function statusOfHttp(status: number): number {
  return statusByHttp[status] ?? grpcStatus.unknown;
}

const statusByReset: Readonly<Record<number, number>> = {
  [errorCodes.flowControl]: grpcStatus.resourceExhausted,
  [errorCodes.refusedStream]: grpcStatus.unavailable,
  [errorCodes.cancel]: grpcStatus.cancelled,
  [errorCodes.enhanceYourCalm]: grpcStatus.resourceExhausted,
  [errorCodes.inadequateSecurity]: grpcStatus.permissionDenied,
};

/** The status of a stream that the server reset with an error code of HTTP/2 (gRPC's doc/PROTOCOL-HTTP2.md, "Errors"). */
export function statusOfReset(errorCode: number): number {
  return statusByReset[errorCode] ?? grpcStatus.internal;
}
