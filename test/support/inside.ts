import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.ts';

/** Runs a script of tests by a command, in a network namespace for one, and asserts that they pass. */
export async function passesInside(command: readonly string[], script: URL): Promise<void> {
  const [program = '', ...words] = command;
  const { status, output } = await runChild(program, [...words, process.execPath, fileURLToPath(script)], {
    // Without it the process inside tells its results in a protocol for test runners.
    env: { NODE_TEST_CONTEXT: undefined },
  });
  assert.equal(status, 0, output);
}

/** The command of a network namespace of one's own, also for those who are not root. */
export const ownNamespace = ['unshare', '--map-root-user', '--net'] as const;
