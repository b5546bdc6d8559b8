/** Who can tell the seconds that it has waited for the exporter itself. */
export interface Lagging {
  readonly lag: number;
}

/** Measures from now on: gives the seconds since, without those in which `of` waited for the exporter itself. */
export function startStopwatch(of: Lagging): () => number {
  const started = performance.now();
  const { lag } = of;
  return () => Math.max(0, (performance.now() - started) / 1000 - (of.lag - lag));
}
