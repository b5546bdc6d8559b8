import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { abortFailure, onAbort } from '../../src/net/abort.ts';
import type { Probe } from '../../src/probe/context.ts';
import { Sweep, type SweepLimits, type SweepOptions } from '../../src/sweep/sweep.ts';
import type { Target } from '../../src/sweep/targets.ts';
import { testModule } from '../server/test-app.ts';

/** Probes that run until they are let go, or cancelled. */
class HeldProbes {
  readonly begun: string[] = [];
  readonly #letGo = new Map<string, () => void>();
  mostRunning = 0;

  readonly probe: Probe = ({ target, signal }) => {
    this.begun.push(target);
    return new Promise((resolve, reject) => {
      const stop = onAbort(signal, () => end(() => reject(abortFailure(signal, 'connect'))));
      const end = (how: () => void): void => {
        stop();
        this.#letGo.delete(target);
        how();
      };
      this.#letGo.set(target, () => end(resolve));
      this.mostRunning = Math.max(this.mostRunning, this.#letGo.size);
    });
  };

  get running(): string[] {
    return [...this.#letGo.keys()];
  }

  async letGo(target: string | undefined): Promise<void> {
    this.#letGo.get(target ?? '')?.();
    await settle();
  }
}

/** Lets everything go on that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let count = 0; count < 20; count++) await turn();
}

/** A list that knows how much of it was read. */
class CountedList {
  read = 0;
  readonly #names: Iterable<string>;

  constructor(names: Iterable<string>) {
    this.#names = names;
  }

  async *targets(): AsyncGenerator<Target> {
    for (const target of this.#names) {
      this.read += 1;
      yield { number: this.read, target };
    }
  }
}

function names(count: number, prefix = 't'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}.test`);
}

function sweepOf(probe: Probe, limits: SweepLimits, options: Partial<SweepOptions> = {}) {
  const done: string[] = [];
  const stop = new AbortController();
  const sweep = new Sweep({
    probe: { module: testModule('m', probe), hostname: undefined, timeout: 60 },
    limits,
    signal: stop.signal,
    onResult: async ({ target }) => void done.push(target),
    ...options,
  });
  return { sweep, done, stop };
}

test('every target is probed once, no more at once than may, and no more is read than is needed', async () => {
  const probes = new HeldProbes();
  const list = new CountedList(names(50));
  const { sweep, done } = sweepOf(probes.probe, { concurrency: 4 });
  const swept = sweep.run(list.targets());
  await settle();
  while (done.length < 50) {
    assert.equal(probes.running.length, Math.min(4, 50 - done.length));
    assert.ok(list.read - done.length <= 5, `${list.read} read, ${done.length} done`);
    await probes.letGo(probes.running.at(done.length % 2 === 0 ? 0 : -1));
  }
  await swept;
  assert.deepEqual(done.toSorted(), names(50).toSorted());
  assert.deepEqual([probes.mostRunning, sweep.mostRunning, sweep.running], [4, 4, 0]);
});

test('a host that has its share does not hold up the others', async () => {
  const probes = new HeldProbes();
  const list = new CountedList([...names(3, 'slow.test/'), 'a.test', ...names(3, 'slow.test:'), 'b.test']);
  const { sweep, done } = sweepOf(probes.probe, { concurrency: 4, maxPerHost: 2 });
  const swept = sweep.run(list.targets());
  await settle();
  const slow = ['slow.test/1.test', 'slow.test/2.test'];
  assert.deepEqual(probes.running, [...slow, 'a.test', 'b.test']);
  for (const quick of ['a.test', 'b.test']) await probes.letGo(quick);
  assert.deepEqual(probes.running, slow);
  while (done.length < 8) {
    assert.ok(probes.running.length <= 2);
    await probes.letGo(probes.running[0]);
  }
  await swept;
  assert.equal(new Set(done).size, 8);
});

test('a list of one host is not read far ahead', async () => {
  const probes = new HeldProbes();
  const list = new CountedList(names(1000, 'one.test/'));
  const { sweep, done } = sweepOf(probes.probe, { concurrency: 4, maxPerHost: 1 });
  const swept = sweep.run(list.targets());
  await settle();
  while (done.length < 1000) {
    assert.equal(probes.running.length, 1);
    assert.ok(list.read - done.length <= 4 * 16 + 2, `${list.read} read, ${done.length} done`);
    await probes.letGo(probes.running[0]);
  }
  await swept;
  assert.deepEqual(done, names(1000, 'one.test/'));
});

test('no more is begun while the output takes nothing', async () => {
  const probes = new HeldProbes();
  const taken: (() => void)[] = [];
  const onResult = (): Promise<void> => new Promise((resolve) => taken.push(resolve));
  const { sweep } = sweepOf(probes.probe, { concurrency: 2 }, { onResult });
  const swept = sweep.run(new CountedList(names(6)).targets());
  await settle();
  for (const target of ['t1.test', 't2.test']) await probes.letGo(target);
  assert.deepEqual(probes.begun, ['t1.test', 't2.test']);
  assert.equal(sweep.running, 2);
  while (probes.begun.length < 6 || taken.length > 0) {
    taken.shift()?.();
    await settle();
    await probes.letGo(probes.running[0]);
  }
  await swept;
});

test('stopping cancels what runs, without results, and begins nothing more', async () => {
  const probes = new HeldProbes();
  const { sweep, done, stop } = sweepOf(probes.probe, { concurrency: 3, maxPerHost: 1 });
  const swept = sweep.run(new CountedList(['a.test', 'a.test/2', 'b.test', 'c.test', 'd.test']).targets());
  await settle();
  await probes.letGo('b.test');
  stop.abort();
  await swept;
  assert.deepEqual(done, ['b.test']);
  assert.deepEqual(probes.running, []);
  assert.ok(!probes.begun.includes('a.test/2'));
});

test('a list that breaks off is told after what was running has ended', async () => {
  const probes = new HeldProbes();
  async function* broken(): AsyncGenerator<Target> {
    yield* new CountedList(['a.test', 'a.test/2', 'b.test']).targets();
    throw new Error('unreadable');
  }
  const { sweep, done } = sweepOf(probes.probe, { concurrency: 3, maxPerHost: 1 });
  const swept = assert.rejects(sweep.run(broken()), { message: 'unreadable' });
  await settle();
  for (const target of ['a.test', 'a.test/2', 'b.test']) await probes.letGo(target);
  await swept;
  assert.equal(done.length, 3);
});

test('an output that fails ends the sweep', async () => {
  const probes = new HeldProbes();
  const onResult = (): Promise<void> => Promise.reject(new Error('no space left'));
  const list = new CountedList(names(10));
  const { sweep } = sweepOf(probes.probe, { concurrency: 2 }, { onResult });
  const swept = assert.rejects(sweep.run(list.targets()), { message: 'no space left' });
  await settle();
  await probes.letGo('t1.test');
  await probes.letGo('t2.test');
  await swept;
  assert.deepEqual(probes.begun, ['t1.test', 't2.test']);
});
