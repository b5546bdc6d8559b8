import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputWait } from '../../src/net/input-wait.ts';

interface Unread {
  /** The turn that ended then. */
  readonly ended: number;
  readonly at: number;
  readonly age: number;
}

interface Heard {
  readonly turn: number;
  readonly began: number;
  readonly at: number;
}

/** All times in milliseconds. */
const cases: readonly { why: string; steps: readonly (Unread | Heard)[]; total: number }[] = [
  { why: 'nothing has come', steps: [], total: 0 },
  { why: 'input that woke the loop did not wait', steps: [{ turn: 7, began: 100, at: 100 }], total: 0 },
  { why: 'input waits while that of others is served', steps: [{ turn: 7, began: 100, at: 104 }], total: 4 },
  { why: 'input waits for the end of a turn', steps: [{ ended: 6, at: 100, age: 5 }], total: 5 },
  {
    why: 'and then for its place in the next one',
    steps: [
      { ended: 6, at: 100, age: 5 },
      { turn: 7, began: 101, at: 103 },
    ],
    total: 8,
  },
  {
    why: 'what was unread before an earlier turn does not count again',
    steps: [
      { ended: 5, at: 100, age: 5 },
      { turn: 7, began: 200, at: 203 },
    ],
    total: 8,
  },
  {
    why: 'input that stays unread waits once',
    steps: [
      { ended: 5, at: 100, age: 5 },
      { ended: 6, at: 110, age: 15 },
    ],
    total: 15,
  },
  {
    why: 'what is read in several pieces in a turn waits once',
    steps: [
      { turn: 7, began: 100, at: 104 },
      { turn: 7, began: 100, at: 109 },
    ],
    total: 4,
  },
  {
    why: 'waits of several turns add up',
    steps: [
      { turn: 7, began: 100, at: 104 },
      { turn: 8, began: 120, at: 121 },
    ],
    total: 5,
  },
  {
    why: 'a clock that was set back takes nothing away',
    steps: [
      { turn: 7, began: 100, at: 104 },
      { ended: 7, at: 105, age: -3 },
    ],
    total: 4,
  },
];

for (const { why, steps, total } of cases) {
  test(`${why}: ${total} ms`, () => {
    const wait = new InputWait();
    for (const step of steps) {
      if ('age' in step) wait.unread(step.at, step.age, step.ended);
      else wait.heard(step.at, { number: step.turn, began: step.began });
    }
    assert.equal(wait.since(0), total);
  });
}

test('of a wait that began before a time only the rest counts since then', () => {
  const wait = new InputWait();
  wait.unread(100, 10, 1);
  wait.heard(120, { number: 9, began: 110 });
  const since = [0, 95, 100, 105, 115, 120].map((start) => wait.since(start));
  assert.deepEqual(since, [20, 15, 10, 10, 5, 0]);
});

test('however many waits there are, none is lost', () => {
  const wait = new InputWait();
  for (let number = 1; number <= 2000; number++) wait.heard(number * 10 + 3, { number, began: number * 10 });
  assert.equal(wait.since(-Infinity), 6000);
  assert.equal(wait.since(19_990), 6);
});

test('what came before a late connect was heard of has waited since then', () => {
  const wait = new InputWait();
  wait.begin(100);
  wait.unread(104, 9, 1);
  assert.equal(wait.since(0), 4);
});
