/** Microseconds of one step of the clock of ids: no worker ends more than one probe in it for long. */
const step = 10n;

/** How many workers the ids keep apart. */
const slots = 1024;

/**
 * Ids of probes that are unique among all workers and rise with time, since `epoch` on the monotonic clock that all
 * processes of a machine share, in nanoseconds. They stay exact for 2 years.
 */
export function probeIds(worker: number, epoch: bigint, now = () => process.hrtime.bigint()): () => number {
  let last = -1;
  return () => {
    last = Math.max(last + 1, Number((now() - epoch) / 1000n / step));
    return last * slots + (worker % slots);
  };
}
