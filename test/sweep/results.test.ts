import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { sweepFormats, type SweepOrder } from '../../src/sweep/order.ts';
import { Results } from '../../src/sweep/results.ts';
import { Summary } from '../../src/sweep/summary.ts';
import type { Target } from '../../src/sweep/targets.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary-files.ts';
import { failed, row } from './rows.ts';

function defaults(): SweepOrder {
  const command = parseCommandLine(['sweep']);
  assert.ok('sweep' in command);
  return command.sweep;
}

const nameOf = (number: number): string => `t${number}.test`;

async function* list(count: number): AsyncGenerator<Target> {
  for (let number = 1; number <= count; number++) yield { number, target: nameOf(number) };
}

function open(order: Partial<SweepOrder>): Promise<Results> {
  return Results.open({ ...defaults(), ...order }, new Summary(0), () => {});
}

async function addAll(results: Results, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) {
    const given = { number, target: nameOf(number) };
    await results.add(number % 2 === 0 ? failed('connect', 'refused', given) : row(given));
  }
}

for (const format of sweepFormats) {
  test(`results in ${format} are gone on with where they stopped, and a row that is not whole is dropped`, async () => {
    const output = `${temporaryFolder()}/results.${format}`;
    const rows = format === 'textfile' ? `${output}.part` : output;
    const first = await open({ format, output });
    await addAll(first, [2, 1, 6, 4]);
    await first.flush();
    const whole = readFileSync(rows, 'utf8');
    appendFileSync(rows, whole.slice(-30, -1));

    const second = await open({ format, output, resume: true });
    assert.equal(readFileSync(rows, 'utf8'), whole);
    assert.deepEqual([second.summary.count, second.summary.failed], [4, 3]);
    const rest = [];
    for await (const { number } of second.rest(list(8))) rest.push(number);
    assert.deepEqual(rest, [3, 5, 7, 8]);
    await addAll(second, rest);
    await second.finish();
    const text = readFileSync(output, 'utf8');
    if (format === 'textfile') {
      assert.equal(text.match(/^probe_success{/gm)?.length, 8);
      assert.ok(!existsSync(rows));
    } else {
      assert.ok(text.startsWith(whole));
      assert.equal(text.trimEnd().split('\n').length, 8 + (format === 'csv' ? 1 : 0));
    }
  });
}

test('going on with nothing begins', async () => {
  for (const output of [`${temporaryFolder()}/none.csv`, temporaryFile('empty.csv', '')]) {
    const results = await open({ format: 'csv', output, resume: true });
    await addAll(results, [1]);
    await results.flush();
    assert.match(readFileSync(output, 'utf8'), /^number,.*\n1,.*\n$/);
  }
});

test('without --resume results are replaced', async () => {
  const output = temporaryFile('old.ndjson', 'old\n');
  const results = await open({ output });
  await addAll(results, [1]);
  await results.flush();
  assert.equal(readFileSync(output, 'utf8').split('\n').length, 2);
});

const strangers: readonly [what: string, order: Partial<SweepOrder>, text: string, message: RegExp][] = [
  ['no results', {}, 'x\n', /^Cannot go on with .*\/strange:1: Unexpected token/],
  [
    'results of another module',
    { module: 'other' },
    `${JSON.stringify(row())}\n`,
    /:1: it was made by the module http/,
  ],
  ['a file that is no CSV of a sweep', { format: 'csv' }, 'a,b\n', /:1: it does not begin as a CSV file of a sweep/],
  ['results that have a target twice', {}, `${JSON.stringify(row())}\n`.repeat(2), /:2: it has target 1 twice$/],
];

for (const [what, order, text, message] of strangers) {
  test(`${what} cannot be gone on with, and stay as they are`, async () => {
    const output = temporaryFile('strange', text);
    await assert.rejects(open({ ...order, output, resume: true }), { message });
    assert.equal(readFileSync(output, 'utf8'), text);
  });
}
