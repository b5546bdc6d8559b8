import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runChild } from '../support/child.ts';
import { findTool, type Tool } from '../support/peers-available.ts';

const tools: readonly Tool[] = ['blackbox_exporter', 'nginx', 'wrk', 'ss', 'ip'];

const runs = [
  [
    'main',
    [],
    ['http', 'https_h1', 'https_h2', 'tcp', 'tcp_tls', 'dns', 'icmp', 'grpc', 'no socket in TIME_WAIT on either side'],
  ],
  ['limit', ['--only=http'], ['http']],
  ['resolver', [], ['c-ares +\\| beside 500 dead +\\| +\\d+ +\\| +0 ', 'system +\\| beside 500 dead']],
  ['growth', ['--only=http in flight,http soak'], ['http in flight: CPU a probe', 'http soak: memory']],
] as const;

suite('the benchmarks run', { concurrency: true }, () => {
  for (const [name, parts, sections] of runs) {
    test(name, async (t) => {
      for (const tool of tools) if (findTool(t, tool) === undefined) return;
      const script = fileURLToPath(new URL(`../../bench/${name}.js`, import.meta.url));
      const { status, output } = await runChild(process.execPath, [script, '--quick', ...parts]);
      // The growth of a second is no measure: that it was measured is all that counts here.
      assert.ok(status === 0 || (name === 'growth' && status === 1), output);
      for (const section of sections) assert.match(output, new RegExp(`^\\| ${section}`, 'm'), output);
      if (name === 'main') assert.match(output, /no socket in TIME_WAIT on either side +\| 0 +\| reached/);
    });
  }
});
