import type { Lifetime } from '../test/support/servers.ts';

/** What was opened for one part of a run, closed in the reverse order. */
export class PartLifetime implements Lifetime {
  readonly #closers: (() => Promise<void>)[] = [];

  after(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async end(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) await close();
  }
}

/** Runs `part` with a lifetime of its own. */
export async function during<T>(part: (lifetime: Lifetime) => Promise<T>): Promise<T> {
  const lifetime = new PartLifetime();
  try {
    return await part(lifetime);
  } finally {
    await lifetime.end();
  }
}
