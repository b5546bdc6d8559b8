import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runChild } from './support/child.ts';

/** Lets objects live long enough to be held for old ones; tells the most that the heap took, in bytes. */
const churn = `
const kept = [];
let most = 0;
for (let i = 0; i < 4_000_000; i += 1) {
  kept[i % 200_000] = { i, text: [i] };
  if (i % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapTotal);
}
console.log(most);
`;

test('the heap is collected before it has grown to several times of what is alive', async () => {
  const memory = JSON.stringify(new URL('../src/memory.js', import.meta.url).href);
  const measure = async (script: string): Promise<number> => {
    const { status, output } = await runChild(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(status, 0, output);
    return Number(output);
  };
  const grown = await measure(churn);
  const low = await measure(`import { keepMemoryLow } from ${memory};\nkeepMemoryLow();\n${churn}`);
  assert.ok(low < grown * 0.85, `${low} bytes, and ${grown} without`);
});
