import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runChild, startChild } from './support/child.ts';
import { startExporter } from './support/exporter.ts';
import { get } from './support/get.ts';
import { temporaryFile, temporaryFolder } from './support/temporary-files.ts';

const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
const config = 'modules:\n  http_2xx:\n    prober: tcp\n    timeout: 5s\n';
const changed = `${config}  other:\n    prober: tcp\n`;

function run(...flags: string[]): Promise<{ readonly status: number; readonly output: string }> {
  return runChild(process.execPath, [main, ...flags], { cwd: temporaryFolder() });
}

/** Asserts that the program says one line, with no stack, and fails. */
function assertComplaint({ status, output }: { status: number; output: string }, says: RegExp): void {
  assert.equal(status, 1, output);
  assert.match(output, says);
  assert.ok(!/\n\s+at /.test(output), output);
}

async function listening(t: TestContext, onConnection?: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

test('an unknown flag is one line', async () => {
  const result = await run('--nope');
  assertComplaint(result, /^clearbox_exporter: Unknown flag --nope; try --help\n$/);
});

test('--help and --version print and succeed', async () => {
  assert.match((await run('--help')).output, /^Usage: clearbox_exporter/);
  const { status, output } = await run('--version');
  assert.equal(status, 0);
  assert.match(output, /^clearbox_exporter, version \d/);
});

test('a configuration file that is missing is one line', async () => {
  assertComplaint(
    await run('--config.check', '--config.file=missing.yml'),
    /^Cannot read .* missing\.yml: no such file or directory\n$/,
  );
  const { status, output } = await run('--config.file=missing.yml', '--web.listen-address=127.0.0.1:0');
  assert.equal(status, 1);
  assert.match(output, /level=ERROR .*missing\.yml: no such file or directory"\n$/);
});

test('--config.check accepts a good file and tells every mistake of a bad one', async () => {
  const good = temporaryFile('check-good.yml', config);
  assert.deepEqual(await run('--config.check', `--config.file=${good}`), {
    status: 0,
    output: `${good}: ok, 1 modules\n`,
  });
  const bad = temporaryFile('check-bad.yml', 'modules:\n  a:\n    prober: nope\n    timeout: soon\n');
  const result = await run('--config.check', `--config.file=${bad}`);
  assertComplaint(result, /check-bad\.yml:3:\d+: .*\n.*check-bad\.yml:4:\d+: /);
});

test('a bad configuration ends the start with every mistake', async () => {
  const bad = temporaryFile('start-bad.yml', 'modules:\n  a:\n    prober: nope\n    timeout: soon\n');
  const result = await run(`--config.file=${bad}`, '--web.listen-address=127.0.0.1:0');
  assertComplaint(result, /start-bad\.yml:3:[^]*start-bad\.yml:4:/);
  assert.ok(!result.output.includes('Listening on'));
});

test('a port that is taken is one line', async (t) => {
  const port = portOf(await listening(t));
  const file = temporaryFile('taken.yml', config);
  const result = await run(`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error');
  assertComplaint(result, new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${port}: the address is already in use\n$`));
});

test('without --config.file the file in the working folder is used, clearbox.yml first', async (t) => {
  for (const name of ['blackbox.yml', 'clearbox.yml']) {
    temporaryFile(name, config);
    t.after(() => rmSync(`${temporaryFolder()}/${name}`));
    assert.equal((await run('--config.check')).output, `${name}: ok, 1 modules\n`);
  }
});

test('without any configuration file the example of the package is used', async () => {
  const { status, output } = await run('--config.check');
  assert.equal(status, 0, output);
  assert.match(output, /config\.example\.yml: ok, \d+ modules\n$/);
});

test('a probe of a real target goes through', async (t) => {
  const target = await listening(t, (socket) => socket.on('error', () => {}));
  const exporter = await startExporter(t, { config });
  const { status, text } = await get(`${exporter.url}/probe?target=127.0.0.1:${portOf(target)}`);
  assert.equal(status, 200);
  assert.match(text, /^probe_success 1$/m);
});

test('SIGHUP and POST reload; a bad file keeps the old configuration and says why', async (t) => {
  const exporter = await startExporter(t, { config });
  const modules = async (): Promise<string> => (await get(`${exporter.url}/config`)).text;
  const reload = () => get(`${exporter.url}/-/reload`, {}, 'POST');

  writeFileSync(exporter.configFile, changed);
  assert.equal((await reload()).status, 200);
  assert.match(await modules(), /other:/);

  writeFileSync(exporter.configFile, 'modules:\n  a:\n    prober: nope\n');
  const refused = await reload();
  assert.equal(refused.status, 500);
  assert.match(refused.text, /:3:\d+: /);
  assert.match(await modules(), /other:/);
  assert.match((await get(`${exporter.url}/metrics`)).text, /^blackbox_exporter_config_last_reload_successful 0$/m);

  writeFileSync(exporter.configFile, config);
  const before = exporter.child.output().length;
  exporter.child.signal('SIGHUP');
  await exporter.child.waitFor(new RegExp(`^[^]{${before},}Loaded the configuration`));
  assert.ok(!(await modules()).includes('other:'));
  assert.match((await get(`${exporter.url}/metrics`)).text, /^blackbox_exporter_config_last_reload_successful 1$/m);
});

test('a changed file is reloaded by itself when that is asked for', async (t) => {
  const flags = ['--config.enable-auto-reload', '--config.auto-reload-interval=1'];
  const exporter = await startExporter(t, { config, flags });
  writeFileSync(exporter.configFile, changed);
  await exporter.child.waitFor(/Loaded the configuration.* modules=2/);
  assert.match((await get(`${exporter.url}/config`)).text, /other:/);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} lets a running probe end and exits with 0`, async (t) => {
    let reached: (socket: Socket) => void = () => {};
    const connected = new Promise<Socket>((resolve) => (reached = resolve));
    const target = await listening(t, (socket) => reached(socket.on('error', () => {})));
    const dialogue = `modules:\n  http_2xx:\n    prober: tcp\n    timeout: 30s\n    tcp:\n      query_response:\n        - expect: ready\n`;
    const exporter = await startExporter(t, { config: dialogue });
    const answer = get(`${exporter.url}/probe?target=127.0.0.1:${portOf(target)}`);
    const socket = await connected;
    exporter.child.signal(signal);
    await exporter.child.waitFor(/msg=Stopping .*probes_in_flight=1/);
    await assert.rejects(get(`${exporter.url}/-/healthy`), { code: /^ECONN(?:REFUSED|RESET)$/ });
    socket.write('ready\n');
    assert.match((await answer).text, /^probe_success 1$/m);
    assert.equal(await exporter.child.ended, 0);
  });
}

test('every line of the log is JSON when that is asked for', async (t) => {
  const file = temporaryFile('json.yml', config);
  const flags = ['--web.listen-address=127.0.0.1:0', `--config.file=${file}`, '--log.format=json', '--log.level=debug'];
  const child = startChild(t, process.execPath, [main, ...flags]);
  const [, address] = await child.waitFor(/"msg":"Listening on","address":"([\d.:]+)"/);
  await get(`http://${address}/probe?target=127.0.0.1:0`);
  await child.stop();
  const lines = child.output().trim().split('\n');
  const messages = new Set(lines.map((line) => (JSON.parse(line) as { msg: string }).msg));
  for (const message of ['Starting clearbox_exporter', 'Listening on', 'Probe failed', 'Stopping']) {
    assert.ok(messages.has(message), message);
  }
});

/** Code that the program loads before itself, with a rejection at one signal and an exception at another. */
const seededBugs = [
  `process.on('SIGUSR2', () => { Promise.reject(new Error('seeded rejection')); });`,
  `process.on('SIGWINCH', () => { throw new Error('seeded exception'); });`,
].join('');

test('a rejection that nobody handles is logged and counted; an uncaught exception ends the program', async (t) => {
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(seededBugs)}` };
  const exporter = await startExporter(t, { config, env });
  exporter.child.signal('SIGUSR2');
  await exporter.child.waitFor(/level=ERROR msg="Unhandled rejection" err="Error: seeded rejection\\n {4}at /);
  const { text } = await get(`${exporter.url}/metrics`);
  assert.match(text, /^clearbox_internal_errors_total{where="unhandled_rejection"} 1$/m);
  exporter.child.signal('SIGWINCH');
  assert.equal(await exporter.child.ended, 1);
  assert.match(exporter.child.output(), /level=ERROR msg="Uncaught exception" err="Error: seeded exception/);
});
