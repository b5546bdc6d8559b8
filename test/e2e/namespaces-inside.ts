// Runs in the targets' network namespace, with the exporter in the other one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startExporter } from '../support/exporter.ts';
import { hasKernelFacts, leavesNothing, leavesTimeWait, type Scene } from '../support/leftovers.ts';
import { batchConfig, kinds } from '../support/probe-batches.ts';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

test('two namespaces', async (t) => {
  const prefix = [setting('IP_COMMAND'), 'netns', 'exec', setting('EXPORTER_NAMESPACE')];
  const ss = setting('SS_COMMAND');
  const scene: Scene = {
    exporter: await startExporter(t, { config: batchConfig, prefix, host: setting('EXPORTER_HOST') }),
    host: setting('TARGETS_HOST'),
    exporterSockets: [...prefix, ss],
    targetSockets: [ss],
  };
  assert.ok(await hasKernelFacts(t, scene), 'the kernel cannot be asked for sockets');
  for (const kind of kinds) await t.test(kind, (t) => leavesNothing(t, scene, kind, 1000));
  for (const kind of kinds) await t.test(`${kind}, closed by FIN`, (t) => leavesTimeWait(t, scene, kind, 1000));
});
