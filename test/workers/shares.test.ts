import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Gauge, Registry } from 'prom-client';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import type { ServeOptions } from '../../src/cli/serve-options.ts';
import { probeIds } from '../../src/workers/probe-ids.ts';
import { shareOf } from '../../src/workers/share.ts';
import { Totals, countedIn, countedReport } from '../../src/workers/totals.ts';

function options(...args: string[]): ServeOptions {
  const command = parseCommandLine(args);
  assert.ok('serve' in command);
  return command.serve;
}

test('the shares of a limit add up to it, and each worker has one', () => {
  const all = options('--workers=3', '--history.limit=100', '--probe.max-in-flight=5', '--probe.max-per-host=3');
  const shares = [1, 2, 3].map((worker) => shareOf(all, worker));
  assert.deepEqual(
    shares.map(({ historyLimit }) => historyLimit),
    [34, 33, 33],
  );
  assert.deepEqual(
    shares.map(({ maxInFlight }) => maxInFlight),
    [2, 2, 1],
  );
  assert.deepEqual(
    shares.map(({ maxPerHost }) => maxPerHost),
    [1, 1, 1],
  );
  assert.equal(shareOf(options('--workers=2'), 1).maxInFlight, undefined);
});

test('ids rise with the clock over all workers, and are never given twice', () => {
  let now = 5_000_000n;
  const clock = (): bigint => now;
  const one = probeIds(1, 4_000_000n, clock);
  const other = probeIds(1024, 4_000_000n, clock);
  const ids = [one(), one(), other()];
  now += 1_000_000n;
  ids.push(one(), other());
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(Math.max(...ids.slice(0, 3)) < Math.min(...ids.slice(3)));
});

test('what a dead worker counted stays in the sum, its gauges do not', async () => {
  const worker = (counted: number, running: number): Registry => {
    const registry = new Registry();
    new Counter({ name: 'probes_total', help: 'Probes.', labelNames: ['m'], registers: [registry] }).inc(
      { m: 'a' },
      counted,
    );
    new Gauge({ name: 'running', help: 'Running.', registers: [registry] }).set(running);
    return registry;
  };
  const totals = new Totals();
  const dead = worker(3, 2);
  assert.deepEqual(await countedReport(dead), countedIn(await dead.getMetricsAsJSON()));
  totals.bury(await countedReport(dead));
  totals.bury(await countedReport(worker(4, 1)));
  const text = await totals.exposition([await worker(10, 5).getMetricsAsJSON()]);
  assert.match(text, /^probes_total{m="a"} 17$/m);
  assert.match(text, /^running 5$/m);
});
