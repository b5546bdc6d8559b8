import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Probe } from '../../src/probe/context.ts';
import type { IntakeOptions } from '../../src/server/intake.ts';
import { Listeners, parseListenAddress } from '../../src/server/listen.ts';
import type { ListenAddress } from '../../src/server/listen.ts';
import { eventually } from '../support/eventually.ts';
import { exchange } from './exchange.ts';
import { configuration, testApp, testModule } from './test-app.ts';
import type { TestApp } from './test-app.ts';

const addresses: readonly [text: string, address: ListenAddress][] = [
  [':9115', { host: undefined, port: 9115 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['[::1]:9115', { host: '::1', port: 9115 }],
  ['localhost:9115', { host: 'localhost', port: 9115 }],
];

for (const [text, address] of addresses) {
  test(`the listen address ${text} is read`, () => {
    assert.deepEqual(parseListenAddress(text), address);
  });
}

for (const text of [
  '',
  'foo',
  '9115',
  '127.0.0.1',
  '127.0.0.1:99999',
  '::1:9115',
  ':http',
  'http://x:1',
  'vsock://:9100',
]) {
  test(`the listen address ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parseListenAddress(text), /no host:port|not supported yet/);
  });
}

async function listen(
  t: TestContext,
  { app }: TestApp,
  options: IntakeOptions = {},
): Promise<{ listeners: Listeners; port: number }> {
  await app.ready();
  const listeners = new Listeners(app, options);
  t.after(() => listeners.close(0));
  return { listeners, port: await addPort(listeners) };
}

async function addPort(listeners: Listeners): Promise<number> {
  const address = await listeners.add({ host: '127.0.0.1', port: 0 });
  return Number(address.split(':')[1]);
}

/** An app whose module runs `probe`. */
function probing(probe: Probe): TestApp {
  return testApp({ configuration: () => configuration(testModule('http_2xx', probe)) });
}

const healthy = 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n';

test('one app answers on several addresses', async (t) => {
  const subject = testApp();
  const { listeners, port } = await listen(t, subject);
  const other = await addPort(listeners);
  assert.notEqual(port, other);
  for (const each of [port, other])
    assert.match(await exchange(each, `${healthy}Connection: close\r\n\r\n`), /Healthy$/);
});

test('a port that is taken is told in one sentence', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { app } = testApp();
  await app.ready();
  await assert.rejects(new Listeners(app).add({ host: '127.0.0.1', port }), {
    message: `Cannot listen on 127.0.0.1:${port}: the address is already in use`,
  });
});

test('idle connections make room for new ones, busy ones do not', async (t) => {
  const { probe, begun, open } = gated();
  t.after(open);
  const { port } = await listen(t, probing(probe), { maxConnections: 3 });
  const busy = exchange(port, 'GET /probe?target=a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await begun;
  for (let count = 0; count < 5; count++) {
    // Each is left idle, and gives way to the next.
    const socket = connect(port, '127.0.0.1');
    socket.write(`${healthy}\r\n`);
    t.after(() => socket.destroy());
    const [answer] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [unknown];
    assert.match(String(answer), /Healthy$/);
  }
  open();
  assert.match(await busy, /^HTTP\/1\.1 200 /);
});

test('all addresses together have at most so many connections', async (t) => {
  const { probe, begun, open } = gated();
  t.after(open);
  const { listeners, port } = await listen(t, probing(probe), { maxConnections: 1 });
  const other = await addPort(listeners);
  const busy = exchange(port, 'GET /probe?target=a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await begun;
  const ask = () => exchange(other, `${healthy}Connection: close\r\n\r\n`).catch(({ code }) => String(code));
  assert.match(await ask(), /^(?:ECONNRESET|EPIPE)?$/);
  open();
  assert.match(await busy, /^HTTP\/1\.1 200 /);
  await eventually(async () => assert.match(await ask(), /Healthy$/));
});

test('stopping closes idle connections at once', async (t) => {
  const { listeners, port } = await listen(t, testApp());
  const socket = connect(port, '127.0.0.1');
  socket.write(`${healthy}\r\n`);
  await once(socket, 'data');
  const closed = once(socket, 'close');
  await listeners.close(60_000);
  await closed;
});

function gated(): { probe: Probe; begun: Promise<void>; open: () => void } {
  let begin = (): void => {};
  let open = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  const probe: Probe = async () => {
    begin();
    await opened;
  };
  return { probe, begun, open };
}

test('stopping lets a probe end and gives its answer', async (t) => {
  const { probe, begun, open } = gated();
  const { listeners, port } = await listen(t, probing(probe));
  const answer = exchange(port, 'GET /probe?target=a HTTP/1.1\r\nHost: x\r\n\r\n');
  await begun;
  const stopped = listeners.close(60_000);
  await assert.rejects(exchange(port, 'x'), { code: 'ECONNREFUSED' });
  open();
  assert.match(await answer, /^HTTP\/1\.1 200 .*probe_success 1/s);
  await stopped;
});

test('stopping cuts what lasts longer than the limit', async (t) => {
  const { probe, begun, open } = gated();
  t.after(open);
  const { listeners, port } = await listen(t, probing(probe));
  const answer = exchange(port, 'GET /probe?target=a HTTP/1.1\r\nHost: x\r\n\r\n');
  await begun;
  await listeners.close(1);
  assert.equal(await answer, '');
});
