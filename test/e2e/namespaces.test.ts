import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runChild } from '../support/child.ts';
import { findTool, unavailable } from '../support/peers-available.ts';

test('probes of another network namespace leave nothing on either side', async (t) => {
  const [ip, ss] = [findTool(t, 'ip'), findTool(t, 'ss')];
  if (ip === undefined || ss === undefined) return;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return unavailable(t, 'needs Linux and root');
  const [exporter, targets] = [`clearbox-e-${process.pid}`, `clearbox-t-${process.pid}`];
  const run = async (line: string): Promise<void> => {
    const { status, output } = await runChild(ip, line.split(' '));
    assert.equal(status, 0, `ip ${line}: ${output}`);
  };
  t.after(async () => {
    for (const name of [exporter, targets]) await runChild(ip, ['netns', 'del', name]);
  });
  for (const name of [exporter, targets]) {
    await run(`netns add ${name}`);
    await run(`-n ${name} link set lo up`);
  }
  await run(`link add probe netns ${exporter} type veth peer name probe netns ${targets}`);
  for (const [name, address] of [
    [exporter, '10.213.7.1'],
    [targets, '10.213.7.2'],
  ] as const) {
    await run(`-n ${name} addr add ${address}/24 dev probe`);
    await run(`-n ${name} link set probe up`);
  }
  const inside = fileURLToPath(new URL('namespaces-inside.js', import.meta.url));
  const { status, output } = await runChild(ip, ['netns', 'exec', targets, process.execPath, inside], {
    env: {
      // Without it the process inside tells its results in a protocol for test runners.
      NODE_TEST_CONTEXT: undefined,
      EXPORTER_NAMESPACE: exporter,
      EXPORTER_HOST: '10.213.7.1',
      TARGETS_HOST: '10.213.7.2',
      IP_COMMAND: ip,
      SS_COMMAND: ss,
    },
  });
  assert.equal(status, 0, output);
});
