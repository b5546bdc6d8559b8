import assert from 'node:assert/strict';
import { test } from 'node:test';
import { libc } from '../../../src/kernel/libc.ts';
import { type Phase, phases, type Reason, reasons } from '../../../src/net/failure.ts';
import { type ProbeOnceOptions, type ProbeOutcome, probeOnce, probeUnlessHeldBack } from '../../support/probe-once.ts';
import type { Lifetime } from '../../support/servers.ts';

/** What is probed once a cause is arranged. */
export interface Arranged extends ProbeOnceOptions {
  readonly module: object;
  readonly target: string;
}

/** Something that really goes wrong, and how it is to be told. */
export interface Cause {
  readonly name: string;
  readonly phase: Phase;
  readonly reason: Reason;
  /** Series that are told all the same, with their value; undefined for one that is known only then. */
  readonly tells?: Readonly<Record<string, number | undefined>>;
  arrange(lifetime: Lifetime): Arranged | Promise<Arranged>;
}

/** Makes every cause happen, and asserts that a probe tells exactly its reason, on its phase. */
export function testCauses(title: string, causes: readonly Cause[], { concurrency = 24 } = {}): void {
  test(title, { concurrency, timeout: 60_000 }, async (t) => {
    const each = causes.map((cause) =>
      t.test(`${cause.name}: ${cause.phase}, ${cause.reason}`, async (t) => {
        const { module, target, ...options } = await cause.arrange(t);
        check(cause, await probe(cause, module, target, options));
      }),
    );
    await Promise.all(each);
  });
}

/** Seconds that a probe gets to be where its time is to run out; on a busy machine the second is what it needs. */
const deadlines = [0.3, 10];

async function probe(
  { phase, reason }: Cause,
  module: object,
  target: string,
  options: ProbeOnceOptions,
): Promise<ProbeOutcome> {
  if (options.timeout !== undefined) return await probeOnce(module, target, options);
  if (reason !== 'timeout') return await probeUnlessHeldBack(module, target, options);
  for (const timeout of deadlines) {
    const outcome = await probeOnce(module, target, { ...options, timeout });
    if (outcome.failure?.phase === phase || timeout === deadlines.at(-1)) return outcome;
  }
  throw new Error('there is no deadline');
}

/** Only the kernel can tell a reset behind data from an end. */
export const resetBehindData: Reason = libc() === undefined ? 'closed' : 'reset';

/** What is there only where the kernel can be asked. */
const ofKernel = /^probe_tcp_(?!duration)/;

function check({ phase, reason, tells = {} }: Cause, { success, failure, metrics }: ProbeOutcome): void {
  assert.ok(failure, 'the probe succeeded');
  assert.deepEqual([failure.phase, failure.reason], [phase, reason], failure.message);
  assert.ok(phases.includes(phase) && reasons.includes(reason));
  assert.equal(success, false);
  assert.equal(metrics.get('probe_success'), 0);
  const told = [...metrics.keys()].filter((series) => series.startsWith('probe_failure_info'));
  assert.deepEqual(told, [`probe_failure_info{phase="${phase}",reason="${reason}"}`]);
  for (const [series, value] of Object.entries(tells)) {
    if (libc() === undefined && ofKernel.test(series)) continue;
    const found = metrics.get(series);
    assert.ok(found !== undefined, `${series} is not told`);
    if (value !== undefined) assert.equal(found, value, series);
  }
}
