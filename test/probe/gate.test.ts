import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AbortCause } from '../../src/net/abort.ts';
import { EventLoop } from '../../src/net/event-loop.ts';
import { Gate } from '../../src/probe/gate.ts';

/** A loop whose turns the test ends. */
function turns(): { atEndOfTurn(work: () => void): void; end(): Promise<void>; readonly awaited: boolean } {
  let waiting: (() => void)[] = [];
  return {
    atEndOfTurn: (work) => void waiting.push(work),
    async end() {
      const work = waiting;
      waiting = [];
      for (const each of work) each();
      await Promise.resolve(); // What has been let in starts.
      await Promise.resolve();
    },
    get awaited() {
      return waiting.length > 0;
    },
  };
}

/** Sends probes to a gate, and notes what becomes of them. */
function visit(gate: Gate): { readonly arrive: (name: string, signal?: AbortSignal) => void; readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    arrive: (name, signal = new AbortController().signal) => {
      const admitted = gate.enter(signal);
      if (admitted === undefined) seen.push(`${name} at once`);
      else
        admitted.then(
          () => seen.push(name),
          (error: Error & { phase?: string; reason?: string }) => seen.push(`${name} ${error.phase} ${error.reason}`),
        );
    },
  };
}

test('one probe starts in a turn, the first come first; none waits in a turn that is free', async () => {
  const loop = turns();
  const gate = new Gate(loop, 1);
  const { arrive, seen } = visit(gate);
  for (const name of ['a', 'b', 'c']) arrive(name);
  assert.deepEqual(seen, ['a at once']);
  assert.equal(gate.waiting, 2);
  await loop.end();
  assert.deepEqual(seen, ['a at once', 'b']);
  arrive('d');
  await loop.end();
  await loop.end();
  assert.deepEqual(seen, ['a at once', 'b', 'c', 'd']);
  assert.equal(gate.waiting, 0);
  await loop.end();
  assert.equal(loop.awaited, false, 'the gate keeps the loop going with nobody before it');
  arrive('e');
  assert.equal(seen.at(-1), 'e at once');
});

test('as many start in a turn as may, those that waited first', async () => {
  const loop = turns();
  const gate = new Gate(loop, 2);
  const { arrive, seen } = visit(gate);
  for (const name of ['a', 'b', 'c', 'd', 'e']) arrive(name);
  assert.deepEqual(seen, ['a at once', 'b at once']);
  await loop.end();
  assert.deepEqual(seen.slice(2), ['c', 'd']);
  await loop.end();
  arrive('f');
  arrive('g');
  assert.deepEqual(seen.slice(4), ['e', 'f at once']);
  await loop.end();
  assert.equal(seen.at(-1), 'g');
});

test('a probe whose deadline comes before the gate, or whose client goes, leaves it, and the next moves up', async () => {
  const loop = turns();
  const gate = new Gate(loop, 1);
  const { arrive, seen } = visit(gate);
  const [late, left] = [new AbortController(), new AbortController()];
  arrive('a');
  arrive('b', late.signal);
  arrive('c', left.signal);
  arrive('d');
  late.abort('timeout' satisfies AbortCause);
  left.abort('cancelled' satisfies AbortCause);
  await Promise.resolve();
  assert.deepEqual(seen, ['a at once', 'b admission timeout', 'c admission cancelled']);
  assert.equal(gate.waiting, 1);
  await loop.end();
  assert.equal(seen.at(-1), 'd');
});

test('a probe that is called off before it comes does not start', async () => {
  const gate = new Gate(turns(), 1);
  const { arrive, seen } = visit(gate);
  arrive('a', AbortSignal.abort('cancelled'));
  await Promise.resolve();
  assert.deepEqual(seen, ['a admission cancelled']);
  assert.equal(gate.waiting, 0);
});

test('a probe that has been let in is called off no more by the gate', async () => {
  const loop = turns();
  const { arrive, seen } = visit(new Gate(loop, 1));
  const controller = new AbortController();
  arrive('a');
  arrive('b', controller.signal);
  await loop.end();
  controller.abort('timeout');
  await Promise.resolve();
  assert.deepEqual(seen, ['a at once', 'b']);
});

test('on the real loop, what was ready before comes first', async () => {
  const gate = new Gate(new EventLoop(), 1);
  const { arrive, seen } = visit(gate);
  arrive('a');
  arrive('b');
  arrive('c');
  setImmediate(() => seen.push('served'));
  await new Promise<void>((settle) => void setImmediate(() => setImmediate(settle)));
  assert.deepEqual(seen, ['a at once', 'b', 'served', 'c']);
});
