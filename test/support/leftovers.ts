import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { runChild } from './child.ts';
import { eventually } from './eventually.ts';
import type { Exporter } from './exporter.ts';
import { openTarget, probeBatch, type Kind } from './probe-batches.ts';
import type { Lifetime } from './servers.ts';

/** Where probes run, and how their sockets are counted. */
export interface Scene {
  readonly exporter: Exporter;
  /** The address of the targets. */
  readonly host: string;
  /** The commands that are `ss` on the side of the exporter and on that of the targets. */
  readonly exporterSockets: readonly string[];
  readonly targetSockets: readonly string[];
}

/** Probes often, and asserts that no socket of either side and no descriptor of the exporter is left. */
export async function leavesNothing(lifetime: Lifetime, scene: Scene, kind: Kind, probes: number): Promise<void> {
  const { exporter, host } = scene;
  const { target, port } = await openTarget(lifetime, kind, host);
  await probeBatch(exporter.url, kind, target, 50);
  const before = await idleDescriptors(scene);
  const { closedStates } = await probeBatch(exporter.url, kind, target, probes);
  assert.deepEqual(closedStates, { closed: probes });
  for (const count of [clientSockets, serverSockets]) {
    assert.equal((await count(scene, port))['TIME-WAIT'] ?? 0, 0);
    await eventually(async () => assert.deepEqual(await count(scene, port), {}));
  }
  const after = await idleDescriptors(scene);
  assert.ok(after <= before, `${before} descriptors became ${after}`);
}

/** Asked to close the connection after its answer, the server does so while the probe does: either side may wait, or both. */
const bothClose: readonly Kind[] = ['http', 'https', 'websocket', 'websocket_tls'];

/** Probes by modules that close by FIN, and asserts that sockets then wait, and that the gauges tell how many. */
export async function leavesTimeWait(lifetime: Lifetime, scene: Scene, kind: Kind, probes: number): Promise<void> {
  const { exporter, host } = scene;
  const { target, port } = await openTarget(lifetime, kind, host);
  const { closedStates } = await probeBatch(exporter.url, `${kind}_fin`, target, probes);
  const { client, server } = await eventually(async () => {
    const { 'TIME-WAIT': client = 0, ...others } = await clientSockets(scene, port);
    const { 'TIME-WAIT': server = 0, ...otherServers } = await serverSockets(scene, port);
    assert.deepEqual([others, otherServers], [{}, {}]);
    return { client, server };
  });
  const held = probes - (closedStates['closed'] ?? 0);
  assert.ok(client + server > probes / 2, `only ${client} and ${server} sockets wait`);
  if (bothClose.includes(kind)) assert.ok(client <= held, `${client} sockets wait, but only ${held} were told of`);
  else assert.deepEqual({ client, server }, { client: held, server: 0 });
  // A probe that resets its own connection leaves the count as it is, so the two can be compared at leisure.
  await eventually(async () => {
    const { last } = await probeBatch(exporter.url, kind, target, 1);
    const waiting = last.get('probe_tcp_sockets')?.samples.find(({ labels }) => labels['state'] === 'time_wait');
    assert.equal(waiting?.value, client);
  });
}

/** Whether the exporter can ask the kernel for its sockets. */
export async function hasKernelFacts(lifetime: Lifetime, { exporter, host }: Scene): Promise<boolean> {
  const { target } = await openTarget(lifetime, 'tcp', host);
  return (await probeBatch(exporter.url, 'tcp', target, 1)).last.has('probe_tcp_closed_state');
}

/** The exporter's descriptors once nobody is connected to it. */
async function idleDescriptors({ exporter, exporterSockets }: Scene): Promise<number> {
  const port = Number(new URL(exporter.url).port);
  await eventually(async () => {
    const { ESTAB = 0, 'CLOSE-WAIT': closing = 0 } = await socketStates(exporterSockets, `sport = :${port}`);
    assert.equal(ESTAB + closing, 0);
  });
  return (await readdir(`/proc/${exporter.child.pid}/fd`)).length;
}

/** The exporter's sockets towards a port of the targets, by state. */
function clientSockets({ exporterSockets, host }: Scene, port: number): Promise<Record<string, number>> {
  return socketStates(exporterSockets, `dst ${host}:${port}`);
}

/** The targets' sockets with that port, by state. */
function serverSockets({ targetSockets, host }: Scene, port: number): Promise<Record<string, number>> {
  return socketStates(targetSockets, `src ${host}:${port}`);
}

/** What `ss` shows through a filter, by state; the sockets that listen are left out. */
async function socketStates(command: readonly string[], filter: string): Promise<Record<string, number>> {
  const [program = '', ...words] = command;
  const { status, output } = await runChild(program, [...words, '-Htan', filter]);
  assert.equal(status, 0, output);
  const states: Record<string, number> = {};
  for (const line of output.split('\n')) {
    const state = line.split(/\s+/)[0] ?? '';
    if (state !== '' && state !== 'LISTEN') states[state] = (states[state] ?? 0) + 1;
  }
  return states;
}
