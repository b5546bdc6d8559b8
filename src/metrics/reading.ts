import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Adds a gauge that is read when it is asked for, and absent while its value is unknown. */
export function registerReading(registry: Registry, name: string, help: string, read: () => number | undefined): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === undefined) this.remove({});
      else this.set(value);
    },
  });
}
