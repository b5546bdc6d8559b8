import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { loadModules } from '../../src/config/modules.ts';
import { probers } from '../../src/probers/index.ts';
import { sweepCommand } from '../../src/sweep-command.ts';
import { closedPort, serveHttp } from '../support/servers.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary-files.ts';
import type { Row } from '../../src/sweep/row.ts';

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const config = temporaryFile(
  'sweep.yml',
  'modules:\n  http_2xx: {prober: http, timeout: 20s}\n  named: {prober: dns, parameters: {name: "[a-z.]+"}, dns: {query_name: "${param.name}"}}\n',
);

type Process = ChildProcessByStdio<Writable, Readable, Readable>;

interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly complaint: string;
}

/** Starts a sweep, whose standard input stays open. */
function start(t: TestContext, args: readonly string[], shell?: string): Process {
  const command = [process.execPath, main, 'sweep', `--config.file=${config}`, ...args];
  const [program = '', ...words] = shell === undefined ? command : ['sh', '-c', shell, 'sh', ...command];
  const child = spawn(program, words, { stdio: 'pipe', cwd: temporaryFolder() });
  child.stdin.on('error', () => {});
  t.after(() => void child.kill('SIGKILL'));
  return child;
}

/** Collects what a sweep writes until it ends. */
async function ended(child: Process): Promise<Ended> {
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output, complaint };
}

function run(t: TestContext, args: readonly string[], input = '', shell?: string): Promise<Ended> {
  const child = start(t, args, shell);
  child.stdin.end(input);
  return ended(child);
}

function rowsOf(text: string): Row[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

function byNumber(rows: Row[]): Row[] {
  return rows.toSorted((a, b) => a.number - b.number);
}

test('a list is swept, its results go to standard output and a summary to standard error', async (t) => {
  const { origin } = await serveHttp(t, (request, response) => {
    response.writeHead(request.url === '/bad' ? 500 : 200).end();
  });
  const refused = `http://127.0.0.1:${await closedPort(t)}/`;
  const list = temporaryFile('list.txt', `# targets\n${origin}/\n\n${origin}/bad\r\n${refused}`);
  const { status, output, complaint } = await run(t, [list]);
  assert.equal(status, 0);
  const rows = byNumber(rowsOf(output));
  assert.deepEqual(
    rows.map(({ number, target, module, success, phase, reason, http_status: http }) => [
      number,
      target,
      module,
      success ? http : `${phase} ${reason}`,
    ]),
    [
      [1, `${origin}/`, 'http_2xx', 200],
      [2, `${origin}/bad`, 'http_2xx', 'check status'],
      [3, refused, 'http_2xx', 'connect refused'],
    ],
  );
  assert.match(complaint, /^3 targets: 1 succeeded, 2 failed\n {2}check status {5}1\n {2}connect refused {2}1\n/);
  assert.match(complaint, /\nDurations: p50 .* ms, .*\nTook .*, with at most \d probes? at once/);
});

test('a list comes from standard input, a line becomes a target by a template, rows may be CSV', async (t) => {
  const { address } = await serveHttp(t);
  const args = ['-', '--target=http://user:hunter2@{}/', '--format=csv'];
  const { status, output, complaint } = await run(t, args, address);
  assert.equal(status, 0);
  assert.match(output, new RegExp(`^number,.*\n1,[^,]*,http://<secret>@${address}/,http_2xx,true,0\\.\\d+,,,,200,,`));
  assert.ok(!(output + complaint).includes('hunter2'));
});

test('a textfile takes its place when it is whole', async (t) => {
  const { origin } = await serveHttp(t);
  const output = temporaryFile('sweep.prom', 'old');
  const { status } = await run(t, ['--format=textfile', `--output=${output}`], `${origin}/\n${origin}/\n`);
  assert.equal(status, 0);
  const text = readFileSync(output, 'utf8');
  assert.ok(text.includes(`\nprobe_success{module="http_2xx",target="${origin}/"} 1\n`));
  assert.equal(text.match(/^probe_success/gm)?.length, 1);
  assert.ok(!existsSync(`${output}.part`));
});

test('when the list breaks off, what was done is kept, and can be gone on with', async (t) => {
  const { origin } = await serveHttp(t);
  const output = `${temporaryFolder()}/broken.ndjson`;
  const args = [`--output=${output}`];
  const { status, complaint } = await run(t, args, `${origin}/\n${'x'.repeat(2 ** 20 + 1)}`);
  assert.equal(status, 1);
  assert.match(complaint, /\n.*--resume goes on\nCannot read standard input: a line is longer than 1 MiB\n$/);
  assert.equal(rowsOf(readFileSync(output, 'utf8'))[0]?.success, true);
});

const failures: readonly [what: string, args: string[], status: number, complaint: RegExp, shell?: string][] = [
  [
    'a list that is a folder',
    ['.'],
    1,
    /^0 targets: .*\nTook .*\nCannot read \.: illegal operation on a directory\n$/s,
  ],
  ['an output that cannot be', ['--output=no/folder'], 1, /^Cannot write no\/folder: no such file or directory\n$/],
  [
    'more probes than descriptors',
    ['--concurrency=337'],
    2,
    /^clearbox_exporter: --concurrency: the limit of descriptors allows at most 336 /,
    'ulimit -n 400 && exec "$@"',
  ],
];

for (const [what, args, status, complaint, shell] of failures) {
  test(`${what} is told, and exits with ${status}`, async (t) => {
    const result = await run(t, args, '', shell);
    assert.match(result.complaint, complaint);
    assert.equal(result.status, status);
    assert.equal(result.output, '');
  });
}

const { modules } = loadModules(readFileSync(config, 'utf8'), config, probers);

const refusals: readonly [args: string[], error: { message: RegExp; status?: number }][] = [
  [['missing.txt'], { message: /^Cannot read missing\.txt: no such file or directory$/ }],
  [['--module=http_2x'], { message: /has no module "http_2x"; did you mean http_2xx\?$/, status: 2 }],
  [['--module=named'], { message: /^--module=named: The module needs the parameter param_name$/, status: 2 }],
  [
    ['--module=named', '--parameter=name=1'],
    { message: /^--module=named: The parameter param_name cannot be/, status: 2 },
  ],
];

for (const [args, error] of refusals) {
  test(`sweep ${args.join(' ')} is refused before anything is read`, async () => {
    const command = parseCommandLine(['sweep', ...args]);
    assert.ok('sweep' in command);
    await assert.rejects(sweepCommand(command.sweep, modules), error);
  });
}

/** A server that answers some requests, and holds the others until it is let go. */
async function holdingServer(t: TestContext, answered: number) {
  const asked: string[] = [];
  const held: ServerResponse[] = [];
  let holding = true;
  let notify = (): void => {};
  const { origin } = await serveHttp(t, (request, response) => {
    asked.push(request.url ?? '');
    if (!holding || asked.length <= answered) response.end('ok');
    else held.push(response);
    notify();
  });
  return {
    origin,
    asked,
    async holds(count: number): Promise<void> {
      while (held.length < count) await new Promise<void>((resolve) => (notify = resolve));
    },
    letGo(): void {
      holding = false;
    },
  };
}

test('after Ctrl-C a sweep is gone on with: no target is lost, or probed to its end twice', async (t) => {
  const server = await holdingServer(t, 8);
  const targets = Array.from({ length: 20 }, (_, index) => `${server.origin}/${index}`);
  const output = `${temporaryFolder()}/resumed.ndjson`;
  const args = ['--concurrency=4', `--output=${output}`, temporaryFile('resume.txt', targets.join('\n'))];
  const child = start(t, args);
  const stopped = ended(child);
  await server.holds(4);
  child.kill('SIGINT');
  const first = await stopped;
  assert.equal(first.status, 130);
  assert.match(first.complaint, /^8 targets: 8 succeeded, 0 failed\n.*--resume goes on\n$/s);
  const before = server.asked.length;
  server.letGo();
  const second = await run(t, [...args, '--resume']);
  assert.equal(second.status, 0, second.complaint);
  assert.match(second.complaint, /^20 targets: 20 succeeded, 0 failed\n/);
  assert.equal(server.asked.length - before, 12);
  assert.deepEqual(
    byNumber(rowsOf(readFileSync(output, 'utf8'))).map(({ target }) => target),
    targets,
  );
  const other = await run(t, [...args.slice(0, -1), '--resume'], `${server.origin}/other`);
  assert.equal(other.status, 1);
  assert.match(other.complaint, /\nCannot go on with .*: it was made from a longer list\n$/);
});

test('a sweep that waits for more of its list can be stopped', async (t) => {
  const { origin } = await serveHttp(t);
  const child = start(t, []);
  const stopped = ended(child);
  child.stdin.write(`${origin}/\n`);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const { status, complaint } = await stopped;
  assert.equal(status, 143);
  assert.match(complaint, /^1 target: 1 succeeded, 0 failed\n/);
});

test('a rejection that nobody handles is told, and the sweep goes on', async (t) => {
  const { origin } = await serveHttp(t);
  const bug = "process.on('SIGUSR2', () => { Promise.reject(new Error('seeded')); });";
  const env = `--import=data:text/javascript,${encodeURIComponent(bug)}`;
  const child = start(t, [], `NODE_OPTIONS='${env.replaceAll("'", '%27')}' exec "$@"`);
  const finished = ended(child);
  child.stdin.write(`${origin}/\n`);
  await once(child.stdout, 'data');
  child.kill('SIGUSR2');
  await once(child.stderr, 'data');
  child.stdin.end(`${origin}/\n`);
  const { status, complaint } = await finished;
  assert.equal(status, 0);
  assert.match(
    complaint,
    /^time=\S+ level=ERROR msg="Unhandled rejection" err="Error: seeded[^]*\n2 targets: 2 succeeded/,
  );
});

test('when whoever reads the results goes, a sweep ends quietly', async (t) => {
  const { origin } = await serveHttp(t);
  const child = start(t, []);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const gone = once(child, 'exit');
  child.stdin.write(`${origin}/\n`);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  child.stdin.write(`${origin}/\n`.repeat(50));
  const [status] = (await gone) as [number | null];
  assert.equal(status, 141);
  assert.equal(complaint, '');
});
