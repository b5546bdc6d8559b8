import { test, type TestContext } from 'node:test';
import { startExporter } from '../support/exporter.ts';
import { hasKernelFacts, leavesNothing, leavesTimeWait, type Scene } from '../support/leftovers.ts';
import { ownAddress } from '../support/own-address.ts';
import { findTool, unavailable } from '../support/peers-available.ts';
import { batchConfig, kinds } from '../support/probe-batches.ts';

test('a thousand probes leave neither a socket nor a descriptor behind', async (t) => {
  const scene = await prepare(t);
  if (scene === undefined) return;
  for (const kind of kinds) await t.test(kind, (t) => leavesNothing(t, scene, kind, 1000));
});

test('probes that close by FIN leave what the gauges say', async (t) => {
  const scene = await prepare(t);
  if (scene === undefined) return;
  for (const kind of kinds) await t.test(kind, (t) => leavesTimeWait(t, scene, kind, 25));
});

async function prepare(t: TestContext): Promise<Scene | undefined> {
  if (process.platform !== 'linux') {
    t.skip('needs the kernel of Linux');
    return undefined;
  }
  const ss = findTool(t, 'ss');
  if (ss === undefined) return undefined;
  const exporter = await startExporter(t, { config: batchConfig });
  const scene: Scene = { exporter, host: ownAddress(), exporterSockets: [ss], targetSockets: [ss] };
  if (await hasKernelFacts(t, scene)) return scene;
  unavailable(t, 'the kernel cannot be asked for sockets on this machine');
  return undefined;
}
