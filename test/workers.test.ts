import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runChild } from './support/child.ts';
import { eventually } from './support/eventually.ts';
import { startExporter } from './support/exporter.ts';
import type { Exporter } from './support/exporter.ts';
import { get } from './support/get.ts';
import { temporaryFile, temporaryFolder } from './support/temporary-files.ts';

const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
const config = `modules:
  http_2xx:
    prober: tcp
    timeout: 30s
  patient:
    prober: tcp
    timeout: 30s
    tcp:
      query_response:
        - expect: ready
`;
const changed = `${config}  other:\n    prober: tcp\n`;
const skip = process.platform !== 'linux' && 'the processes are looked for in /proc';

function start(t: TestContext, env: Record<string, string> = {}): Promise<Exporter> {
  return startExporter(t, { config, flags: ['--workers=2'], env });
}

/** A target that tells of the connections of its probes. */
interface Target {
  readonly address: string;
  readonly connections: Socket[];
  /** Those that came to an end, as they do when a process dies: probes reset theirs. */
  readonly ended: Set<Socket>;
}

async function startTarget(t: TestContext): Promise<Target> {
  const connections: Socket[] = [];
  const ended = new Set<Socket>();
  const server = createServer((socket) => {
    connections.push(socket);
    socket.resume().on('error', () => {});
    socket.on('end', () => ended.add(socket));
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, connections, ended };
}

/** The processes that a process has started. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

async function metric(exporter: Exporter, name: string): Promise<number> {
  const { text } = await get(`${exporter.url}/metrics`);
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length),
  );
}

test('metrics, history and logs are those of all workers, whichever is asked', async (t) => {
  const exporter = await start(t);
  const { address } = await startTarget(t);
  for (let probe = 0; probe < 4; probe += 1) await get(`${exporter.url}/probe?target=${address}`);
  await get(`${exporter.url}/probe?target=127.0.0.1:0`);
  await exporter.child.waitFor(/msg="Probe failed" worker=[12] /);
  for (let asked = 0; asked < 2; asked += 1) {
    const { text } = await get(`${exporter.url}/metrics`);
    assert.match(text, /^clearbox_probes_total{module="http_2xx",outcome="success"} 4$/m);
    assert.match(text, /^clearbox_workers 2$/m);
    assert.equal(text.match(/^blackbox_exporter_build_info/gm)?.length, 1);
    assert.equal(text.match(/^blackbox_exporter_config_last_reload_successful 1$/gm)?.length, 1);
    const page = (await get(`${exporter.url}/`)).text;
    const ids = [...page.matchAll(/logs\?id=(\d+)/g)].map(([, id]) => Number(id));
    assert.equal(ids.length, 5);
    assert.deepEqual(
      ids,
      [...ids].sort((one, other) => other - one),
    );
    assert.match((await get(`${exporter.url}/logs?id=${ids[0]}`)).text, /target=127\.0\.0\.1:0 /);
    assert.match((await get(`${exporter.url}/logs?id=${ids[4]}`)).text, new RegExp(`target=${address} `));
    assert.equal((await get(`${exporter.url}/logs?target=127.0.0.1:0`)).status, 200);
    assert.equal((await get(`${exporter.url}/logs?id=1`)).status, 404);
  }
  assert.equal(exporter.child.output().match(/Listening on/g)?.length, 1);
});

test('a worker that is killed is replaced, and only its own scrapes fail', { skip }, async (t) => {
  const exporter = await start(t);
  const { address, connections, ended } = await startTarget(t);
  for (let probe = 0; probe < 4; probe += 1) await get(`${exporter.url}/probe?target=${address}`);
  assert.equal(await metric(exporter, 'clearbox_probes_total{module="http_2xx",outcome="success"}'), 4);
  const before = connections.length;
  const scrapes = Array.from({ length: 6 }, () => get(`${exporter.url}/probe?module=patient&target=${address}`));
  const settled = Promise.allSettled(scrapes);
  await eventually(async () => assert.equal(connections.length, before + 6));
  const [victim = 0] = childrenOf(exporter.child.pid);
  process.kill(victim, 'SIGKILL');
  const served = await Promise.all(Array.from({ length: 10 }, () => get(`${exporter.url}/probe?target=${address}`)));
  assert.ok(served.every(({ text }) => /^probe_success 1$/m.test(text)));
  for (const connection of connections) connection.write('ready\n');
  const ends = (await settled).map((end) => (end.status === 'fulfilled' ? end.value.status : 'cut'));
  const cut = ends.filter((end) => end === 'cut').length;
  assert.equal(ends.filter((end) => end === 200).length, 6 - cut, ends.join());
  assert.ok(cut > 0 && cut < 6, 'both workers had some');
  await eventually(async () => assert.equal(ended.size, cut));
  await eventually(async () => assert.equal(await metric(exporter, 'clearbox_workers'), 2));
  assert.equal(await metric(exporter, 'clearbox_worker_restarts_total'), 1);
  assert.ok((await metric(exporter, 'clearbox_probes_total{module="http_2xx",outcome="success"}')) >= 14);
  await exporter.child.waitFor(/level=ERROR msg="A worker has died and will be replaced" .*cause=SIGKILL/);
});

test('a reload is taken by all workers', async (t) => {
  const exporter = await start(t);
  writeFileSync(exporter.configFile, changed);
  assert.equal((await get(`${exporter.url}/-/reload`, {}, 'POST')).status, 200);
  for (let asked = 0; asked < 4; asked += 1) assert.match((await get(`${exporter.url}/config`)).text, /other:/);
});

test('a reload that one worker refuses is taken by none', async (t) => {
  // One of the workers gets another text than the other.
  const mark = join(temporaryFolder(), 'refuses');
  const seeded = `import { openSync } from 'node:fs';
    let refuses = false;
    if (process.argv[1].endsWith('worker.js')) try { openSync(${JSON.stringify(mark)}, 'wx'); refuses = true; } catch {}
    const emit = process.emit;
    process.emit = function (name, message, ...rest) {
      if (refuses && name === 'message' && message.name === 'prepare') message.value.text = 'modules: 1';
      return emit.call(this, name, message, ...rest);
    };`;
  const exporter = await start(t, { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(seeded)}` });
  assert.ok(existsSync(mark));
  writeFileSync(exporter.configFile, changed);
  const answer = await get(`${exporter.url}/-/reload`, {}, 'POST');
  assert.equal(answer.status, 500);
  assert.match(answer.text, /:1:10: modules: must be a mapping/);
  for (let asked = 0; asked < 4; asked += 1) assert.ok(!(await get(`${exporter.url}/config`)).text.includes('other:'));
  assert.equal(await metric(exporter, 'blackbox_exporter_config_last_reload_successful'), 0);
});

test('a port that is taken, a bad configuration and a worker that cannot start are told once', async (t) => {
  const { address } = await startTarget(t);
  const file = temporaryFile('workers.yml', config);
  const run = (flags: readonly string[], env: Record<string, string> = {}) =>
    runChild(process.execPath, [main, '--workers=2', '--log.level=error', ...flags], { env });
  assert.deepEqual(await run([`--config.file=${file}`, `--web.listen-address=${address}`]), {
    status: 1,
    output: `Cannot listen on ${address}: the address is already in use\n`,
  });
  const bad = await run([`--config.file=${temporaryFile('workers-bad.yml', 'modules: 1')}`]);
  assert.equal(bad.status, 1);
  assert.match(bad.output, /^[^\n]*workers-bad\.yml:1:10: [^\n]*\n$/);
  const seeded = `if (process.argv[1].endsWith('worker.js')) process.exit(7)`;
  const dying = await run([`--config.file=${file}`, '--web.listen-address=127.0.0.1:0'], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(seeded)}`,
  });
  assert.equal(dying.status, 1);
  assert.match(dying.output, /^Worker [12] ended while it started: exit code 7\n$/);
});

test('SIGTERM, sent to every process, lets running probes end', { skip }, async (t) => {
  const exporter = await start(t);
  const { address, connections } = await startTarget(t);
  const scrapes = [1, 2].map(() => get(`${exporter.url}/probe?module=patient&target=${address}`));
  await eventually(async () => assert.equal(connections.length, 2));
  for (const pid of childrenOf(exporter.child.pid)) process.kill(pid, 'SIGTERM');
  exporter.child.signal('SIGTERM');
  await exporter.child.waitFor(/msg=Stopping .*probes_in_flight=2/);
  await assert.rejects(get(`${exporter.url}/-/healthy`), { code: /^ECONN(?:REFUSED|RESET)$/ });
  for (const connection of connections) connection.write('ready\n');
  for (const { text } of await Promise.all(scrapes)) assert.match(text, /^probe_success 1$/m);
  assert.equal(await exporter.child.ended, 0);
});

test('workers do not outlive their primary', { skip }, async (t) => {
  const exporter = await start(t);
  const workers = childrenOf(exporter.child.pid);
  assert.equal(workers.length, 2);
  exporter.child.signal('SIGKILL');
  await eventually(async () => assert.deepEqual(workers.filter(isRunning), []));
});

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
