import type { Exporter } from '../../test/support/exporter.ts';
import type { Place } from '../stage/place.ts';
import { runLoad, type Load } from './load.ts';
import { usageOf } from './process-tree.ts';
import { countTimeWait, type TimeWait } from './time-wait.ts';

/** What one exporter did under one load. */
export interface Round {
  /** Microseconds of CPU. */
  readonly cpuPerProbe: number;
  readonly probesPerSecond: number;
  readonly probes: number;
  /** Latency of the scrape, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Resident memory at the end, of all processes and of the largest, and the most that one ever had, in bytes. */
  readonly memory: number;
  readonly largest: number;
  readonly peak: number;
  readonly timeWait: TimeWait;
}

/** Where a round takes place. */
export interface Scene {
  readonly exporter: Exporter;
  readonly place: Place;
  readonly wrk: string;
  readonly ss: string;
}

/** Puts a load on an exporter, and looks whether every probe succeeds. Throws when one does not. */
export async function checkProbes({ exporter, place, wrk }: Scene, load: Load): Promise<void> {
  await runLoad([...place.exporter, wrk], exporter.url, { ...load, check: true });
}

/** Puts a load on an exporter, and reads before and after what it has used. Throws when a scrape fails. */
export async function measureRound(scene: Scene, load: Load, port: number | undefined): Promise<Round> {
  const { exporter, place, ss } = scene;
  const waiting = await countTimeWait(ss, place, port);
  const before = usageOf(exporter.child.pid);
  const result = await runLoad([...place.exporter, scene.wrk], exporter.url, load);
  const after = usageOf(exporter.child.pid);
  const left = await countTimeWait(ss, place, port);
  return {
    cpuPerProbe: (after.cpu - before.cpu) / result.requests,
    probesPerSecond: result.requests / result.duration,
    probes: result.requests,
    p50: result.p50,
    p99: result.p99,
    memory: after.memory,
    largest: after.largest,
    peak: after.peak,
    timeWait: {
      exporter: Math.max(0, left.exporter - waiting.exporter),
      targets: Math.max(0, left.targets - waiting.targets),
    },
  };
}
