/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of the quotients of the values that were taken in the same round: what disturbs a round disturbs both. */
export function medianRatio(dividends: readonly number[], divisors: readonly number[]): number {
  const rounds = Math.min(dividends.length, divisors.length);
  return median(Array.from({ length: rounds }, (_, i) => (dividends[i] ?? Number.NaN) / (divisors[i] ?? Number.NaN)));
}
