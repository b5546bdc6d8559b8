/** What a probe gets when neither its module nor the scrape gives it a limit, in seconds. */
const defaultTimeout = 120;

/** The longest delay that a timer of Node.js takes, in seconds; a longer one would fire at once. */
const longestTimer = 2_147_483;

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A scrape timeout header that is no number. */
export class ScrapeTimeoutError extends Error {
  constructor(header: string) {
    super(`The scrape timeout header is not a number of seconds: ${JSON.stringify(header)}`);
    this.name = 'ScrapeTimeoutError';
  }
}

/**
 * The seconds that a probe may take: the lesser of the module's timeout and the scrape's timeout
 * less the offset. A scrape timeout that the offset would use up counts in full.
 * `header` is X-Prometheus-Scrape-Timeout-Seconds, `moduleTimeout` is in milliseconds, `offset` in
 * seconds. Throws ScrapeTimeoutError.
 */
export function probeTimeout(header: string | undefined, moduleTimeout: number | undefined, offset: number): number {
  const scrape = scrapeTimeout(header);
  const available = scrape > offset ? scrape - offset : scrape;
  const limit = Math.min(available, longestTimer);
  if (moduleTimeout === undefined || moduleTimeout <= 0) return limit;
  return Math.min(moduleTimeout / 1000, limit);
}

function scrapeTimeout(header: string | undefined): number {
  if (header === undefined || header === '') return defaultTimeout;
  const seconds = decimal.test(header) ? Number(header) : Number.NaN;
  if (!Number.isFinite(seconds)) throw new ScrapeTimeoutError(header);
  return seconds > 0 ? seconds : defaultTimeout;
}
