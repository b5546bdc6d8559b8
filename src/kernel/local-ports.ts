import { readFileSync } from 'node:fs';
import { allSockets } from './sock-diag.ts';

/**
 * How many local ports the kernel may choose from for an outgoing connection (net.ipv4.ip_local_port_range without
 * ip_local_reserved_ports, which hold for IPv6 as well). Undefined on other systems than Linux.
 */
export function localPortLimit(): number | undefined {
  return readPorts()?.length;
}

/** How many of these ports some TCP socket uses now, in any state, from a snapshot at most `maxAgeMs` old. */
export function localPortsInUse(maxAgeMs = 1000): number | undefined {
  const sockets = allSockets(maxAgeMs);
  return sockets && readPorts()?.filter((port) => sockets.hasLocalPort(port)).length;
}

/** The ports of a range (`32768\t60999`) that are not in a list (`8080,9000-9010`). */
export function selectPorts(range: string, reserved: string): number[] {
  const [first, last] = range.trim().split(/\s+/).map(Number);
  if (first === undefined || last === undefined) return [];
  const taken = reserved
    .trim()
    .split(',')
    .filter(Boolean)
    .map((part) => part.split('-').map(Number));
  const ports: number[] = [];
  for (let port = first; port <= last; port += 1) {
    if (!taken.some(([from = 0, to = from]) => from <= port && port <= to)) ports.push(port);
  }
  return ports;
}

let selected: { readonly range: string; readonly reserved: string; readonly ports: readonly number[] } | undefined;

function readPorts(): readonly number[] | undefined {
  if (process.platform !== 'linux') return undefined;
  const range = readSetting('ip_local_port_range');
  if (range === undefined) return undefined;
  const reserved = readSetting('ip_local_reserved_ports') ?? '';
  if (selected?.range !== range || selected.reserved !== reserved) {
    selected = { range, reserved, ports: selectPorts(range, reserved) };
  }
  return selected.ports;
}

const unreadable = new Set<unknown>(['ENOENT', 'EACCES', 'EMFILE', 'ENFILE']);

/** Undefined when the kernel does not show the setting, or no descriptor is left to read it by. */
function readSetting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && unreadable.has(error.code)) return undefined;
    throw error;
  }
}
