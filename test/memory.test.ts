import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runChild } from './support/child.ts';

/** Lets objects live long enough to be held for old ones; tells how often all of the heap was collected. */
const churn = `
import { PerformanceObserver, constants } from 'node:perf_hooks';
let collections = 0;
const observer = new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections += 1;
});
observer.observe({ entryTypes: ['gc'] });
const kept = [];
for (let i = 0; i < 4_000_000; i += 1) {
  kept[i % 200_000] = { i, text: [i] };
  if (i % 50_000 === 0) await new Promise((resolve) => setImmediate(resolve));
}
await new Promise((resolve) => setImmediate(resolve));
console.log(collections);
`;

test('the heap is collected before it has grown to several times of what is alive', async () => {
  const memory = JSON.stringify(new URL('../src/memory.js', import.meta.url).href);
  const measure = async (script: string): Promise<number> => {
    const { status, output } = await runChild(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(status, 0, output);
    return Number(output);
  };
  const left = await measure(churn);
  const kept = await measure(`import { keepMemoryLow } from ${memory};\nkeepMemoryLow();\n${churn}`);
  assert.ok(kept > left, `${kept} collections, and ${left} without`);
});
