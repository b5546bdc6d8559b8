import assert from 'node:assert/strict';
import net from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { localPortLimit, localPortsInUse, selectPorts } from '../../src/kernel/local-ports.ts';
import { allSockets } from '../../src/kernel/sock-diag.ts';
import { withoutKernel } from './live-kernel.ts';

const selections: readonly (readonly [range: string, reserved: string, count: number])[] = [
  ['32768\t60999\n', '\n', 28_232],
  ['32768\t60999\n', '', 28_232],
  ['1000\t1009\n', '1005\n', 9],
  ['1000\t1009\n', '990-1001,1005,1008-2000\n', 5],
  ['1000\t1000\n', '', 1],
  ['', '', 0],
];

for (const [range, reserved, count] of selections) {
  test(`the range ${JSON.stringify(range)} without ${JSON.stringify(reserved)} has ${count} ports`, () => {
    assert.equal(selectPorts(range, reserved).length, count);
  });
}

const notLinux = process.platform === 'linux' ? false : 'the settings are Linux ones';

test('the limit is that of the running kernel', { skip: notLinux }, () => {
  const limit = localPortLimit();
  assert.ok(limit !== undefined && limit > 0 && limit < 65_536);
});

test('a socket on a port of the range is counted', { skip: withoutKernel() }, async (t) => {
  // The kernel gives ephemeral ports of the range to listeners that ask for any.
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const inUse = localPortsInUse(0);
  const limit = localPortLimit();
  assert.ok(inUse !== undefined && limit !== undefined);
  assert.ok(inUse >= 1 && inUse <= limit);
  assert.equal(allSockets(3_600_000)?.hasLocalPort((server.address() as net.AddressInfo).port), true);
});
