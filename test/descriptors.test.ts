import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as http from 'node:http';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { startExporter } from './support/exporter.ts';
import { get } from './support/get.ts';
import { serveTcp, type Listening } from './support/servers.ts';
import type { TestContext } from 'node:test';

const config = `
modules:
  http_2xx: {prober: tcp, timeout: 60s, tcp: {query_response: [{expect: ready}]}}
  connect: {prober: tcp, timeout: 5s}
`;

/** Runs a program with at most so many descriptors. */
function withDescriptors(count: number): { readonly prefix: readonly string[] } {
  return { prefix: ['sh', '-c', `ulimit -n ${count} && exec "$@"`, 'sh'] };
}

/** A server that says nothing; `arrival` resolves with the next connection. */
async function silentServer(t: TestContext): Promise<Listening & { arrival(): Promise<Socket> }> {
  const arrived: Socket[] = [];
  let notify = (): void => {};
  const listening = await serveTcp(t, (socket) => {
    arrived.push(socket);
    notify();
  });
  const arrival = async (): Promise<Socket> => {
    for (;;) {
      const socket = arrived.shift();
      if (socket !== undefined) return socket;
      await new Promise<void>((resolve) => (notify = resolve));
    }
  };
  return { ...listening, arrival };
}

/** Enough for the runtime to read its modules, many at once. */
const descriptors = 400;
const fitting = 112;

test('no more probes run than there are descriptors for, and scrapes still come in', async (t) => {
  const target = await silentServer(t);
  const flags = ['--probe.max-in-flight=1000'];
  const exporter = await startExporter(t, { config, flags, ...withDescriptors(descriptors) });
  assert.match(exporter.child.output(), new RegExp(`level=WARN .*max-in-flight" in_flight=${fitting}\n`));
  const probe = `${exporter.url}/probe?target=${target.address}`;
  const answers = Array.from({ length: fitting }, () => get(probe));
  const sockets: Socket[] = [];
  while (sockets.length < fitting) sockets.push(await target.arrival());
  const refused = await Promise.all(Array.from({ length: 8 }, () => get(probe)));
  for (const { status, headers } of refused) assert.deepEqual([status, headers['retry-after']], [503, '1']);
  const { text } = await get(`${exporter.url}/metrics`);
  assert.match(text, new RegExp(`^clearbox_probes_in_flight ${fitting}$`, 'm'));
  assert.match(text, /^clearbox_probes_rejected_total{reason="too_many_probes"} 8$/m);
  for (const socket of sockets) socket.write('ready\n');
  for (const answer of await Promise.all(answers)) assert.match(answer.text, /^probe_success 1$/m);
});

test('a client that goes away makes room for another', async (t) => {
  const target = await silentServer(t);
  const exporter = await startExporter(t, { config, flags: ['--probe.max-in-flight=1'] });
  const probe = `${exporter.url}/probe?target=${target.address}`;
  const first = http.get(probe, { agent: false }).on('error', () => {});
  const socket = await target.arrival();
  assert.equal((await get(probe)).status, 503);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  first.destroy();
  await closed;
  const second = get(probe);
  (await target.arrival()).write('ready\n');
  assert.match((await second).text, /^probe_success 1$/m);
  await exporter.child.waitFor(/reason=cancelled/);
});

/** Code that the program loads before itself: one signal takes every descriptor that is left, another frees them. */
const hoarder = `
  import { closeSync, openSync, writeSync } from 'node:fs';
  const hoard = [];
  process.on('SIGUSR2', () => {
    try { for (;;) hoard.push(openSync('/dev/null')); } catch (error) { writeSync(2, 'hoarded ' + error.code); }
  });
  process.on('SIGWINCH', () => { for (const descriptor of hoard) closeSync(descriptor); writeSync(2, 'freed'); });
`;

test('a probe that gets no descriptor says so, and everything else goes on', async (t) => {
  const target = await serveTcp(t, () => {});
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hoarder)}` };
  const exporter = await startExporter(t, { config, env, ...withDescriptors(descriptors) });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ask = async (path: string): Promise<string> => {
    const [response] = (await once(http.get(exporter.url + path, { agent }), 'response')) as [http.IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    return text;
  };
  const probe = `/probe?module=connect&target=${target.address}`;
  assert.match(await ask(probe), /^probe_success 1$/m);
  exporter.child.signal('SIGUSR2');
  await exporter.child.waitFor(/hoarded EMFILE/);
  for (let turn = 0; turn < 3; turn++) {
    assert.match(await ask(probe), /^probe_failure_info{phase="connect",reason="too_many_files"} 1$/m);
  }
  assert.match(await ask('/metrics'), /^clearbox_probe_failures_total{.*reason="too_many_files"} 3$/m);
  assert.match(await ask('/-/healthy'), /Healthy/);
  exporter.child.signal('SIGWINCH');
  await exporter.child.waitFor(/freed/);
  assert.match((await get(exporter.url + probe)).text, /^probe_success 1$/m);
  assert.ok(!exporter.child.output().includes('level=ERROR'), exporter.child.output());
});
