import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runChild } from '../support/child.ts';
import { sweepScene, wrongVerdicts } from '../support/sweep-scene.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary-files.ts';
import type { Row } from '../../src/sweep/row.ts';

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));

test('every verdict on five hundred domains is right, a quarter of them dead, slow or broken', async (t) => {
  const scene = await sweepScene(t, 500, '5s');
  const config = temporaryFile('sweep.yml', scene.config);
  const list = temporaryFile('domains.txt', scene.list);
  const output = `${temporaryFolder()}/results.ndjson`;
  const flags = [`--config.file=${config}`, '--module=swept', '--concurrency=64', `--output=${output}`];
  const { status, output: said } = await runChild(process.execPath, [main, 'sweep', ...flags, list]);
  assert.equal(status, 0, said);
  const lines = readFileSync(output, 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    wrongVerdicts(
      scene,
      lines.map((line) => JSON.parse(line) as Row),
    ),
    [],
  );
  assert.match(said, /^500 targets: \d+ succeeded, \d+ failed\n/);
  assert.match(said, new RegExp(`^Certificates that expire before .*: ${scene.expiring}, the first 20 of them:$`, 'm'));
  assert.ok(!said.includes('left behind'), said);
  const [, probes, sockets] = /at most (\d+) probes at once(?: and (\d+) sockets open)?/.exec(said) ?? [];
  assert.ok(Number(probes) <= 64, said);
  assert.ok(sockets === undefined || Number(sockets) <= 64 + 20, said);
});
