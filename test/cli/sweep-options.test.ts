import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { UsageError } from '../../src/cli/flags.ts';
import type { SweepOrder } from '../../src/sweep/order.ts';

function order(...args: string[]): SweepOrder {
  const command = parseCommandLine(['sweep', ...args]);
  assert.ok('sweep' in command);
  return command.sweep;
}

test('without flags a sweep reads standard input and writes rows to standard output', () => {
  assert.deepEqual(order(), {
    list: undefined,
    configFile: undefined,
    module: 'http_2xx',
    hostname: undefined,
    parameters: {},
    concurrency: 256,
    maxPerHost: undefined,
    template: '{}',
    timeout: undefined,
    output: undefined,
    format: 'ndjson',
    metrics: false,
    resume: false,
    expireWithin: 14 * 24 * 60 * 60 * 1000,
    progress: true,
  });
});

const cases: readonly [args: string[], expected: Partial<SweepOrder>][] = [
  [['domains.txt'], { list: 'domains.txt' }],
  [['-'], {}],
  [['--output=-'], {}],
  [['--module', 'tcp', 'domains.txt', '--concurrency=10'], { module: 'tcp', list: 'domains.txt', concurrency: 10 }],
  [['--config.file=x.yml', '--max-per-host=2'], { configFile: 'x.yml', maxPerHost: 2 }],
  [['--target=https://{}/{}'], { template: 'https://{}/{}' }],
  [['--timeout=1.5s', '--expire-within=36h'], { timeout: 1500, expireWithin: 36 * 60 * 60 * 1000 }],
  [
    ['--output=x', '--format=CSV', '--resume', '--no-progress'],
    { output: 'x', format: 'csv', resume: true, progress: false },
  ],
  [
    ['--hostname=h', '--parameter=a=b=c', '--parameter', 'd='],
    { hostname: 'h', parameters: { param_a: 'b=c', param_d: '' } },
  ],
  [['--metrics'], { metrics: true }],
  [['--format=textfile', '--output=x.prom'], { format: 'textfile', output: 'x.prom' }],
];

for (const [args, expected] of cases) {
  test(`sweep ${args.join(' ')} is read`, () => assert.deepEqual(order(...args), { ...order(), ...expected }));
}

const mistakes: readonly [args: string[], message: string][] = [
  [['--nope'], 'Unknown flag --nope'],
  [['--web.listen-address=:1'], 'Unknown flag --web.listen-address'],
  [['a', 'b'], 'Unexpected argument "b"'],
  [['--concurrency=0'], '--concurrency: must be at least 1'],
  [['--concurrency=many'], '--concurrency: "many" is not a whole number'],
  [['--max-per-host=0'], '--max-per-host: must be at least 1'],
  [['--target=https://x/'], '--target: has no {} for the line of the list'],
  [['--parameter=a'], '--parameter: "a" is no name=value'],
  [['--parameter=a=1', '--parameter=a=2'], '--parameter: a is given twice'],
  [['--timeout=5'], '--timeout: must be a duration with a unit, such as 5s'],
  [['--timeout=0'], '--timeout: must be more than 0'],
  [['--expire-within=-1h'], '--expire-within: must be more than 0'],
  [['--format=xml'], '--format: "xml" is none of ndjson, csv, textfile'],
  [['--format=textfile'], '--format=textfile needs --output'],
  [['--resume'], '--resume needs --output'],
  [['--resume', '--output=-'], '--resume needs --output'],
  [['--metrics', '--format=csv'], '--metrics is for --format=ndjson'],
];

for (const [args, message] of mistakes) {
  test(`sweep ${args.join(' ')} is refused in one line`, () => {
    assert.throws(
      () => parseCommandLine(['sweep', ...args]),
      (error) => error instanceof UsageError && error.message === `${message}; try sweep --help` && error.status === 2,
    );
  });
}

test('sweep --help names every flag in lines that fit', () => {
  const command = parseCommandLine(['sweep', '--help']);
  assert.ok('print' in command);
  for (const name of ['module', 'concurrency', 'max-per-host', 'target', '[no-]resume', 'format', 'expire-within']) {
    assert.ok(command.print.includes(`--${name}`), name);
  }
  for (const line of command.print.split('\n')) assert.ok(line.length <= 100, line);
});
