import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventLoop } from '../../src/net/event-loop.ts';

function nextTurn(): Promise<void> {
  return new Promise((settle) => void setImmediate(settle));
}

test('work for the end of a turn is done in its order, before those who observe the end', async () => {
  const loop = new EventLoop();
  const done: string[] = [];
  loop.observe(() => {
    done.push('observed');
    return false;
  });
  loop.atEndOfTurn(() => done.push('first'));
  loop.atEndOfTurn(() => done.push('second'));
  assert.deepEqual(done, []);
  await nextTurn();
  assert.deepEqual(done, ['first', 'second', 'observed']);
});

test('work that is asked for at the end of a turn is done at the end of the next', async () => {
  const loop = new EventLoop();
  let done = false;
  loop.atEndOfTurn(() => loop.atEndOfTurn(() => (done = true)));
  await nextTurn();
  assert.equal(done, false);
  await nextTurn();
  assert.equal(done, true);
});

test('an observer hears of every turn until it has heard enough', async () => {
  const loop = new EventLoop();
  const ended: number[] = [];
  loop.observe((turn) => ended.push(turn) < 3);
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  const [first = -1] = ended;
  assert.deepEqual(ended, [first, first + 1, first + 2]);
});

test('a turn begins with the first input that is served in it', async () => {
  const loop = new EventLoop();
  const first = loop.serving(10);
  assert.deepEqual(loop.serving(20), first);
  assert.equal(first.began, 10);
  await nextTurn();
  assert.deepEqual(loop.serving(30), { number: first.number + 1, began: 30 });
});
