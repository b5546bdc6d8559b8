import { runChild } from '../../test/support/child.ts';
import type { Place } from '../stage/place.ts';

/** How many sockets are in TIME_WAIT on each side of the probes. */
export interface TimeWait {
  readonly exporter: number;
  readonly targets: number;
}

/** Counts the sockets that connections to a port of the targets have left; none without a port. */
export async function countTimeWait(ss: string, place: Place, port: number | undefined): Promise<TimeWait> {
  if (port === undefined) return { exporter: 0, targets: 0 };
  return {
    exporter: await count([...place.exporter, ss], `dport = :${port}`),
    targets: await count(
      [...place.targets, ss],
      `sport = :${port}${place.peer === undefined ? '' : ` and dst ${place.peer}`}`,
    ),
  };
}

async function count([program = '', ...words]: readonly string[], filter: string): Promise<number> {
  const { status, output } = await runChild(program, [...words, '-Htan', 'state', 'time-wait', filter]);
  if (status !== 0) throw new Error(`ss ended with ${status}: ${output}`);
  return output.split('\n').filter((line) => line !== '').length;
}
