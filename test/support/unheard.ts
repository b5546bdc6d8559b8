import { readFileSync } from 'node:fs';

/** The states of `/proc/net/tcp` (include/net/tcp_states.h) of a connection that no end and no reset has come to. */
const open: ReadonlySet<string> = new Set(['01', '02']);

/**
 * Whether the kernel holds a connection to a port of this machine, and has nothing for its client that it has not read:
 * neither data nor an end; with a reset the connection would be gone. False where the kernel does not tell.
 */
export function nothingCame(port: number): boolean {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const clients = table()
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[2]?.endsWith(remote) === true);
  return (
    clients.length > 0 && clients.every(([, , , state = '', queues]) => open.has(state) && /:0+$/.test(queues ?? ''))
  );
}

function table(): string[] {
  try {
    return readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1);
  } catch {
    return [];
  }
}
