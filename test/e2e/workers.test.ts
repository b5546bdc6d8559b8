import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startExporter } from '../support/exporter.ts';
import { get } from '../support/get.ts';
import { serveTcp } from '../support/servers.ts';

/** A worker stops its event loop when it gets SIGWINCH. */
const seeded = `if (process.argv[1].endsWith('worker.js')) process.on('SIGWINCH', () => { for (;;); });`;

test('a worker that hangs is killed and replaced, and no scrape fails that it had not begun', async (t) => {
  const exporter = await startExporter(t, {
    config: 'modules: {http_2xx: {prober: tcp}}',
    flags: ['--workers=2'],
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(seeded)}` },
  });
  const { pid } = exporter.child;
  const [victim] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  process.kill(Number(victim), 'SIGWINCH');
  const { address } = await serveTcp(t, (socket) => socket.resume());
  const scrapes = Array.from({ length: 20 }, () => get(`${exporter.url}/probe?target=${address}`));
  await exporter.child.waitFor(new RegExp(`msg="A worker hangs and is killed" worker=\\d pid=${victim}\n`), 60);
  for (const { text } of await Promise.all(scrapes)) assert.match(text, /^probe_success 1$/m);
  await exporter.child.waitFor(/msg="A worker has died and will be replaced" .*cause=SIGKILL/);
  assert.match((await get(`${exporter.url}/metrics`)).text, /^clearbox_worker_hangs_total 1$/m);
});
