/** Descriptors for all but probes and clients: the runtime's own, the log, files that a module names. */
export const reserve = 64;

/** What a default may ask of the memory. */
const mostByDefault = 10_000;

/** Where the system does not tell its limit of descriptors. */
const assumedLimit = 1024;

/** How many probes may run, and how many clients be connected, at once. */
export interface Capacity {
  readonly maxInFlight: number;
  readonly maxConnections: number;
}

/**
 * Shares the descriptors out, so that neither probes nor clients can take the other's: a third for the sockets of probes,
 * the rest for their clients, and for as many that ask for something else, or are refused. Of the probes `wanted`, by
 * default 10,000, as many may run as fit.
 */
export function capacity(descriptors = assumedLimit, wanted = mostByDefault): Capacity {
  const shared = Math.max(3, descriptors - reserve);
  const maxInFlight = Math.min(wanted, Math.floor(shared / 3));
  return { maxInFlight, maxConnections: shared - maxInFlight };
}
