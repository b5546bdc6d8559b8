import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModules } from '../../src/config/modules.ts';
import { probers } from '../../src/probers/index.ts';
import { runChild } from '../support/child.ts';
import { findTool } from '../support/peers-available.ts';
import { temporaryFile } from '../support/temporary-files.ts';
import { configCases } from './config-accepts.ts';

test('accepts and refuses the configurations that blackbox_exporter does', { concurrency: 4 }, async (t) => {
  const program = findTool(t, 'blackbox_exporter');
  if (program === undefined) return;
  const runs = configCases.map((row, index) =>
    t.test(row.name, async () => {
      const file = temporaryFile(`config-${index}.yml`, row.yaml);
      const { status, output } = await runChild(program, ['--config.check', `--config.file=${file}`]);
      const complaint = complaintOf(row.yaml, file);
      const [theirs, ours] = [status === 0, complaint === undefined];
      const context = `blackbox_exporter: ${theirs ? 'accepted' : output}\nours: ${complaint ?? 'accepted'}\n${row.yaml}`;
      assert.equal(theirs, row.accepted, context);
      if (row.differs === undefined) assert.equal(ours, theirs, context);
      else assert.notEqual(ours, theirs, `marked as different, but is not: ${row.differs}\n${context}`);
    }),
  );
  await Promise.all(runs);
});

function complaintOf(yaml: string, file: string): string | undefined {
  try {
    loadModules(yaml, file, probers);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
