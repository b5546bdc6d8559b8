import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withoutNamespace } from '../../kernel/live-kernel.ts';
import { runChild } from '../../support/child.ts';
import { findTool, unavailable } from '../../support/peers-available.ts';

/** Runs a script of tests by a command, and asserts that they pass. */
async function passes(command: readonly string[], script: string): Promise<void> {
  const [program = '', ...words] = command;
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status, output } = await runChild(program, [...words, process.execPath, path], {
    // Without it the process inside tells its results in a protocol for test runners.
    env: { NODE_TEST_CONTEXT: undefined },
  });
  assert.equal(status, 0, output);
}

test('failures in a network where everything goes wrong have their reasons', async (t) => {
  if (findTool(t, 'nft') === undefined) return;
  const obstacle = withoutNamespace();
  if (obstacle !== false) return unavailable(t, obstacle);
  await passes(['unshare', '--map-root-user', '--net'], './network-inside.js');
});

test('failures of a process that may open no more files have their reason', async (t) => {
  if (process.platform === 'win32') return unavailable(t, 'needs ulimit');
  await passes(['sh', '-c', 'ulimit -n 400 && exec "$0" "$@"'], './descriptors-inside.js');
});
