import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const modules = new URL('../../src/kernel/', import.meta.url);

/** Asks everything of a real connection in a process of its own, and prints the answers as JSON. */
const questions = `
  import { once } from 'node:events';
  import net from 'node:net';
  const { libc, libcProblem } = await import('${modules.href}libc.js');
  const { resetOnClose } = await import('${modules.href}linger.js');
  const { readTcpInfo } = await import('${modules.href}tcp-info.js');
  const { lookupSocket, socketsTo, socketsByState, sockDiagProblem } = await import('${modules.href}sock-diag.js');
  const { localPortsInUse } = await import('${modules.href}local-ports.js');
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  await once(client, 'connect');
  const { localAddress, localPort, remoteAddress, remotePort } = client;
  const fd = client._handle.fd;
  const answers = {
    libc: libc() === undefined,
    reset: resetOnClose(fd),
    info: readTcpInfo(fd) === undefined,
    lookup: lookupSocket({ localAddress, localPort, remoteAddress, remotePort }) === undefined,
    towards: socketsTo(remoteAddress, remotePort) === undefined,
    byState: socketsByState() === undefined,
    ports: localPortsInUse() === undefined,
    problems: [libcProblem(), sockDiagProblem()],
  };
  console.log(JSON.stringify(answers));
  process.exit();
`;

function answersOf(setup: string, environment: NodeJS.ProcessEnv): { problems: string[] } {
  const script = ['--input-type=module', '--eval', setup + questions];
  const options = { encoding: 'utf8', env: { ...process.env, ...environment } } as const;
  return JSON.parse(execFileSync(process.execPath, script, options)) as { problems: string[] };
}

const nothing = { libc: true, reset: false, info: true, lookup: true, towards: true, byState: true, ports: true };

test('with CLEARBOX_NO_FFI=1 the kernel is not asked, and the reason is told', () => {
  const { problems, ...answers } = answersOf('', { CLEARBOX_NO_FFI: '1' });
  assert.deepEqual(answers, nothing);
  for (const problem of problems) {
    assert.match(problem, process.platform === 'linux' ? /CLEARBOX_NO_FFI=1/ : /only Linux can/);
  }
});

test('on another system than Linux the kernel is not asked', () => {
  const setup = `Object.defineProperty(process, 'platform', { value: 'freebsd' });`;
  const { problems, ...answers } = answersOf(setup, { CLEARBOX_NO_FFI: '' });
  assert.deepEqual(answers, nothing);
  for (const problem of problems) assert.match(problem, /freebsd/);
});

test('without the package koffi the kernel is not asked', () => {
  const setup = `
    import { Module } from 'node:module';
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (request, ...rest) => resolve(request === 'koffi' ? 'koffi-is-missing' : request, ...rest);
    Object.defineProperty(process, 'platform', { value: 'linux' });
  `;
  const { problems, ...answers } = answersOf(setup, { CLEARBOX_NO_FFI: '' });
  assert.deepEqual(answers, nothing);
  for (const problem of problems) assert.match(problem, /koffi does not load: Cannot find module/);
});
