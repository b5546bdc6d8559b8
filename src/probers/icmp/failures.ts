import { addressText, icmpErrorText, type PingError } from '../../kernel/ping-error.ts';
import type { PingRefusal } from '../../kernel/ping-exchange.ts';
import { isPacketTooBig } from '../../kernel/ping-packet.ts';
import { permissionProblem } from '../../kernel/ping-problem.ts';
import { asFailure } from '../../net/error-reason.ts';
import { ProbeFailure, type Reason } from '../../net/failure.ts';

/** The failure of a probe that got no socket to ping with, or not from the address `source`. */
export function openFailure(error: PingError, family: 4 | 6, source: string | undefined): ProbeFailure {
  const problem = permissionProblem(error);
  if (problem !== undefined) return new ProbeFailure('connect', 'permission', problem, { cause: error });
  if (error.code === 'EADDRNOTAVAIL') {
    const message = `Cannot ping from ${source}: no network interface has this address`;
    return new ProbeFailure('connect', 'local_address', message, { cause: error });
  }
  if (error.code === 'EAFNOSUPPORT') {
    return new ProbeFailure('connect', 'unreachable', `This machine has no IPv${family}`, { cause: error });
  }
  return asFailure(error, 'connect', 'Cannot open a socket for ICMP');
}

/** The failure of an echo request that the kernel did not take. */
export function sendFailure(error: PingError, address: string): ProbeFailure {
  const fail = (reason: Reason, why: string): ProbeFailure =>
    new ProbeFailure('connect', reason, `Cannot ping ${address}: ${why}`, { cause: error });
  switch (error.code) {
    case 'EMSGSIZE':
      return fail('too_large', 'the packet is too big for the network interface');
    case 'EACCES':
      return fail('permission', 'it is a broadcast address, or a route prohibits it (EACCES)');
    case 'EPERM':
      return fail('permission', 'a firewall of this machine forbids it (EPERM)');
    case 'EADDRNOTAVAIL':
      return fail('unreachable', 'this machine has no address to ping it from (EADDRNOTAVAIL)');
    default:
      return asFailure(error, 'connect', `Cannot ping ${address}`);
  }
}

/** The failure of an echo request that somebody on its way could not deliver. */
export function refusalFailure(refusal: PingRefusal, address: string, family: 4 | 6): ProbeFailure {
  const reason = isPacketTooBig(family, refusal.type, refusal.code) ? 'too_large' : 'unreachable';
  const message = `Cannot ping ${address}: ${icmpErrorText(family, refusal)}, says ${addressText(refusal.sender)}`;
  return new ProbeFailure('response', reason, message);
}
