/** Who can tell how long it has waited for the exporter itself. */
export interface Lagging {
  /** Seconds since a time on the clock of `performance.now()`. */
  lagSince(start: number): number;
}

/** Measures from now on: gives the seconds since, without those in which `of` waited for the exporter itself. */
export function startStopwatch(of: Lagging): () => number {
  const started = performance.now();
  return () => Math.max(0, (performance.now() - started) / 1000 - of.lagSince(started));
}
