import { Agent, get } from 'node:http';

/** What one scrape took: as a whole, and for the name, in milliseconds. */
export interface Scrape {
  readonly total: number;
  readonly lookup: number;
  readonly success: boolean;
}

/** Scrapes an exporter over kept connections. */
export class Scraper {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** One probe, timed from `due` on, on the clock of `performance.now()`. Rejects when there is no answer. */
  scrape(module: string, target: string, due = performance.now()): Promise<Scrape> {
    return new Promise((resolve, reject) => {
      const path = `${this.#url}/probe?module=${module}&target=${target}`;
      const request = get(path, { agent: this.#agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', reject).once('end', () => {
          const lookup = Number(/^probe_dns_lookup_time_seconds (\S+)$/m.exec(text)?.[1]) * 1000;
          resolve({ total: performance.now() - due, lookup, success: /^probe_success 1$/m.test(text) });
        });
      });
      request.once('error', reject);
    });
  }

  /** Goes away, also from what has not been answered. */
  leave(): void {
    this.#agent.destroy();
  }
}
