import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runChild } from '../support/child.ts';
import { serveTcp } from '../support/servers.ts';

/** Bytes: it was 6,200, on Node.js 26 4,900, of which the runtime itself has its part. */
const most = 3000;

test('a probe that is over leaves little to a full collection', async (t) => {
  const { address } = await serveTcp(t, (socket) => socket.resume());
  const child = fileURLToPath(new URL('leavings-child.js', import.meta.url));
  const { status, output } = await runChild(process.execPath, ['--expose-gc', child, address]);
  assert.equal(status, 0, output);
  const left = output.trim().split('\n').map(Number);
  assert.ok(left.length === 3 && left.every((bytes) => bytes < most), output);
});
