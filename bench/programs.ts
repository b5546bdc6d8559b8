import { findProgram, type Tool } from '../test/support/peers-available.ts';

/** A program that the benchmark cannot do without. Throws when it is missing, and tells how to get it. */
export function program(tool: Tool): string {
  const path = findProgram(tool);
  if (path !== undefined) return path;
  const hint =
    tool === 'blackbox_exporter'
      ? 'set PEER_DIR to the folder that holds it, or put it on PATH; it is at https://github.com/prometheus/blackbox_exporter/releases'
      : `install it (Debian: ${tool === 'ss' ? 'iproute2' : tool})`;
  throw new Error(`${tool} was not found: ${hint}`);
}
