import { type Phase, ProbeFailure, type Reason } from './failure.ts';

const reasonsByCode: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: 'refused',
  // A unix socket that accepts no more connections than already wait, one that is not there, one of another type.
  EAGAIN: 'refused',
  ENOENT: 'not_found',
  ENOTDIR: 'not_found',
  EPROTOTYPE: 'bad_target',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  ENONET: 'unreachable',
  // An ICMP error says that the target knows no TCP; the machine knows no IPv6; a route leads into a black hole.
  ENOPROTOOPT: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EINVAL: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ETIMEDOUT: 'timeout',
  ETIMEOUT: 'timeout',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ENOTFOUND: 'nxdomain',
  ENODATA: 'no_address',
  ESERVFAIL: 'dns_error',
  EREFUSED: 'dns_error',
  EFORMERR: 'dns_error',
  ENOTIMP: 'dns_error',
  EBADRESP: 'dns_error',
  EAI_AGAIN: 'dns_error',
  EAI_FAIL: 'dns_error',
  EADDRNOTAVAIL: 'local_port_exhausted',
  EADDRINUSE: 'local_port_exhausted',
  EMFILE: 'too_many_files',
  ENFILE: 'too_many_files',
  ENOBUFS: 'too_many_files',
  EMSGSIZE: 'too_large',
  EACCES: 'permission',
  EPERM: 'permission',
  EPROTO: 'tls_protocol',
};

/** The `code` of a system or TLS error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The reason that the code of `error`, or of its nearest cause that has one, stands for. */
export function reasonOf(error: unknown): Reason {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = errorCode(current);
    if (code === undefined) continue;
    if (code === 'ECONNRESET' && current.message.startsWith('Client network socket disconnected')) return 'closed';
    const reason = reasonsByCode[code] ?? reasonByFamily(code);
    if (reason !== undefined) return reason;
  }
  return 'other';
}

function reasonByFamily(code: string): Reason | undefined {
  // OpenSSL has alerts that are not called so: TLSV1_UNRECOGNIZED_NAME.
  if (/^ERR_SSL_(TLSV1_|.*_ALERT_)/.test(code)) return 'tls_alert';
  if (code.startsWith('ERR_SSL_')) return 'tls_protocol';
  if (code.startsWith('ERR_TLS_')) return 'tls_protocol';
  if (code.startsWith('EAI_')) return 'dns_error';
  return undefined;
}

/** Makes of any error a failure in `phase`; a ProbeFailure stays what it is. */
export function asFailure(error: unknown, phase: Phase, action: string): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const reason = reasonOf(error);
  const message = textOf(error);
  return new ProbeFailure(reason === 'tls_alert' ? 'tls' : phase, reason, `${action}: ${message}`, { cause: error });
}

/** The failure of a probe that cannot use a file that its module names; for want of a descriptor, it is told as that. */
export function unusable(error: unknown, phase: Phase, what: string): ProbeFailure {
  const reason = reasonOf(error) === 'too_many_files' ? 'too_many_files' : 'unusable_file';
  return new ProbeFailure(phase, reason, `Cannot use ${what}: ${textOf(error)}`, { cause: error });
}

/** `80EC43E7417F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/...`: the words count. */
const ofOpenSsl = /^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/;

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return ofOpenSsl.exec(text)?.[1] ?? text;
}
