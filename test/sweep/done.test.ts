import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DoneTargets } from '../../src/sweep/done.ts';
import type { Target } from '../../src/sweep/targets.ts';
import { row } from './rows.ts';

const nameOf = (number: number): string => `http://user:pw@t${number}.test/`;
const maskedOf = (number: number): string => `http://<secret>@t${number}.test/`;

async function* list(count: number, name = nameOf): AsyncGenerator<Target> {
  for (let number = 1; number <= count; number++) yield { number, target: name(number) };
}

function after(...numbers: number[]): DoneTargets {
  const done = new DoneTargets('http_2xx');
  for (const number of numbers) done.add(row({ number, target: maskedOf(number) }));
  return done;
}

async function restOf(done: DoneTargets, targets: AsyncIterable<Target>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { number, target } of done.rest(targets, 'x')) {
    assert.equal(target, nameOf(number));
    numbers.push(number);
  }
  return numbers;
}

test('whatever was done in whatever order, exactly the others are left', async () => {
  const anyDone = fc.shuffledSubarray(Array.from({ length: 30 }, (_, index) => index + 1));
  await fc.assert(
    fc.asyncProperty(anyDone, async (numbers) => {
      const rest = await restOf(after(...numbers), list(30));
      assert.deepEqual(
        [...numbers, ...rest].sort((a, b) => a - b),
        Array.from({ length: 30 }, (_, i) => i + 1),
      );
    }),
  );
});

test('another list, template or a shorter list is refused before anything is given', async () => {
  const changed = { message: 'Cannot go on with x: it was made from another list, or with another --target' };
  await assert.rejects(
    restOf(
      after(1, 2, 4),
      list(9, (number) => `t${number}`),
    ),
    changed,
  );
  await assert.rejects(
    restOf(
      after(1, 2, 4),
      list(9, (number) => nameOf(number === 2 ? 7 : number)),
    ),
    changed,
  );
  await assert.rejects(restOf(after(1, 2, 4), list(3)), {
    message: 'Cannot go on with x: it was made from a longer list',
  });
  await assert.rejects(restOf(after(1), list(0)), /longer list/);
});

test('rows that no sweep writes are refused', () => {
  const done = after(1, 3);
  assert.throws(() => done.add(row({ number: 3 })), { message: 'it has target 3 twice' });
  assert.throws(() => done.add(row({ number: 1 })), { message: 'it has target 1 twice' });
  assert.throws(() => done.add(row({ number: 4, module: 'other' })), { message: 'it was made by the module other' });
  assert.throws(() => done.add(row({ number: 5_000_000 })), { message: 'it lacks the targets before 5000000' });
});
