/** The TCP states by the kernel's number less one (include/net/tcp_states.h). */
export const tcpStates = [
  'established',
  'syn_sent',
  'syn_recv',
  'fin_wait1',
  'fin_wait2',
  'time_wait',
  'close',
  'close_wait',
  'last_ack',
  'listen',
  'closing',
] as const;
export type TcpState = (typeof tcpStates)[number];

/** How many sockets are in each state. */
export type StateCounts = Readonly<Record<TcpState, number>>;

const TCP_NEW_SYN_RECV = 12;
const TCP_BOUND_INACTIVE = 13;

/** The state of a kernel's number; undefined for a number that no kernel uses. */
export function tcpState(number: number): TcpState | undefined {
  if (number === TCP_NEW_SYN_RECV) return 'syn_recv';
  if (number === TCP_BOUND_INACTIVE) return 'close';
  return tcpStates[number - 1];
}
