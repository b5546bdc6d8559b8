import type { ServeOptions } from '../cli/serve-options.ts';

/** The options of one worker, from 1, with its share of every limit: the shares add up to the limit. */
export function shareOf(options: ServeOptions, worker: number): ServeOptions {
  const share = (limit: number): number =>
    Math.floor(limit / options.workers) + (worker <= limit % options.workers ? 1 : 0);
  const { historyLimit, maxInFlight, maxPerHost } = options;
  return {
    ...options,
    historyLimit: share(historyLimit),
    maxInFlight: maxInFlight === undefined ? undefined : share(maxInFlight),
    maxPerHost: maxPerHost === undefined ? undefined : share(maxPerHost),
  };
}
