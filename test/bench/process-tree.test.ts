import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuOf, memoryOf, usageOf } from '../../bench/measure/process-tree.ts';
import { startChild } from '../support/child.ts';

test('the CPU time of a process whose name has blanks and parentheses', () => {
  const stat = '42 (a (b) 1 2) S 1 42 42 0 -1 4194304 100 0 0 0 250 75 9 9 20 0 11 0 100 1000 10';
  assert.equal(cpuOf(stat), 3_250_000);
});

test('the memory of a process', () => {
  const status = 'Name:\tnode\nVmPeak:\t  900 kB\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\n';
  assert.deepEqual(memoryOf(status), { memory: 200 * 1024, peak: 300 * 1024 });
});

test('a process counts with its descendants', { skip: process.platform !== 'linux' }, async (t) => {
  const burn = 'const end = process.cpuUsage().user + 1e5; while (process.cpuUsage().user < end);';
  const inner = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(`${burn} console.log("done"); process.stdin.resume()`)}], { stdio: ["pipe", "inherit", "inherit"] })`;
  const child = startChild(t, process.execPath, ['-e', inner]);
  await child.waitFor(/done/);
  const { cpu, memory, peak } = usageOf(child.pid);
  assert.ok(cpu >= 1e5, `${cpu} us`);
  assert.ok(memory > peak, 'one process has more memory than both together');
});
