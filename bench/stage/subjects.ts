import { startExporter, startPeer, type Exporter } from '../../test/support/exporter.ts';
import type { Lifetime } from '../../test/support/servers.ts';
import { configuration } from '../cases.ts';
import { program } from '../programs.ts';
import type { Place } from './place.ts';

/** An exporter that is measured. */
export interface Subject {
  readonly name: string;
  /** Version of the Node that runs it; undefined for blackbox_exporter. */
  readonly node: string | undefined;
  readonly workers: number;
  readonly start: (lifetime: Lifetime, place: Place, config?: string) => Promise<Exporter>;
}

/** blackbox_exporter, as it comes. */
export function peer(): Subject {
  const path = program('blackbox_exporter');
  return {
    name: 'blackbox_exporter',
    node: undefined,
    workers: 1,
    start: (lifetime, { exporter }, config = configuration) =>
      startPeer(lifetime, path, { config, prefix: exporter, flags: ['--log.prober=error'] }),
  };
}

/** Clearbox as built, on the Node at `path`. */
export function clearbox(path: string, version: string, workers = 1): Subject {
  const flags = ['--log.prober=none', ...(workers === 1 ? [] : [`--workers=${workers}`])];
  return {
    name: `Clearbox, Node ${version}${workers === 1 ? '' : `, ${workers} workers`}`,
    node: version,
    workers,
    start: (lifetime, { exporter }, config = configuration) =>
      startExporter(lifetime, { config, prefix: exporter, flags, node: path }),
  };
}
