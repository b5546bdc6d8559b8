import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { libcProblem } from '../../src/kernel/libc.ts';
import { resetOnClose } from '../../src/kernel/linger.ts';
import { type ConnectionTuple, sockDiagProblem, socketsByState } from '../../src/kernel/sock-diag.ts';
import { type StateCounts, type TcpState, tcpStates } from '../../src/kernel/tcp-states.ts';

/** What a helper needs of a test: to be told of its end. */
export type Cleanup = Pick<TestContext, 'after'>;

/** For the `skip` option of a test that asks the kernel: why it cannot, or false. In CI nothing is skipped. */
export function withoutKernel(): string | false {
  if (process.env['CI'] || socketsByState() !== undefined) return false;
  return sockDiagProblem() ?? 'the kernel cannot be asked about sockets';
}

/** For the `skip` option of a test that needs only the C library. In CI nothing is skipped. */
export function withoutLibc(): string | false {
  return process.env['CI'] ? false : (libcProblem() ?? false);
}

/** For the `skip` option of a test that compares with `ss` of iproute2. In CI nothing is skipped. */
export function withoutSs(): string | false {
  if (process.env['CI'] || spawnSync('ss', ['-V']).status === 0) return withoutKernel();
  return 'ss (iproute2) is not installed';
}

/** The arguments of `unshare` for a network namespace of one's own, also for those who are not root. */
const ownNamespace = ['--map-root-user', '--net'];

/** For the `skip` option of a test in a network namespace of its own. In CI nothing is skipped. */
export function withoutNamespace(): string | false {
  const allowed = spawnSync('unshare', [...ownNamespace, 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  return process.env['CI'] || allowed ? withoutSs() : 'a network namespace cannot be made (unshare, ip)';
}

/** Runs a script of Node in a network namespace that has loopback only, and gives what it prints. */
export function inOwnNamespace(script: URL): string {
  const setup = 'ip link set lo up && ip -6 address add fe80::1/64 dev lo nodad && exec "$0" "$1"';
  const command = ['sh', '-c', setup, process.execPath, fileURLToPath(script)];
  const { status, stdout, stderr, error } = spawnSync('unshare', [...ownNamespace, ...command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script.href} failed: ${stderr}`, { cause: error });
  return stdout;
}

/** The names that ss gives to states. */
const namesOfSs: Readonly<Record<string, TcpState>> = {
  ESTAB: 'established',
  'SYN-SENT': 'syn_sent',
  'SYN-RECV': 'syn_recv',
  'FIN-WAIT-1': 'fin_wait1',
  'FIN-WAIT-2': 'fin_wait2',
  'TIME-WAIT': 'time_wait',
  UNCONN: 'close',
  'CLOSE-WAIT': 'close_wait',
  'LAST-ACK': 'last_ack',
  LISTEN: 'listen',
  CLOSING: 'closing',
};

/** What `count` gives, and the sockets by state that `ss` shows for a filter at the same moment. */
export function besideSs(count: () => StateCounts | undefined, ...filter: string[]): [StateCounts, StateCounts] {
  for (;;) {
    const before = count();
    const shown = Object.fromEntries(tcpStates.map((state) => [state, 0])) as Record<TcpState, number>;
    for (const line of ss('-Htan', ...filter)) {
      const state = namesOfSs[line.split(/\s/, 1)[0] ?? ''];
      if (state === undefined) throw new Error(`ss shows a state of another name: ${line}`);
      shown[state] += 1;
    }
    const after = count();
    if (before === undefined || after === undefined) throw new Error('The kernel cannot be asked');
    // A socket may change its state while ss runs; then both are asked again.
    if (isDeepStrictEqual(before, after)) return [after, shown];
  }
}

/** The lines that `ss` prints for these arguments; throws when it fails. */
export function ss(...args: string[]): string[] {
  const { status, stdout, stderr, error } = spawnSync('ss', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ss ${args.join(' ')} failed: ${stderr}`, { cause: error });
  return stdout.split('\n').filter((line) => line !== '');
}

/** An address of loopback towards which nobody else has sockets, not even old ones in TIME_WAIT. */
export function unusedHost(): string {
  return `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

/** A server on loopback that answers each piece with the same bytes, and sends a FIN after that of its client. */
export async function echoServer(t: Cleanup, host = '127.0.0.1'): Promise<net.Server> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    // Clients of these tests reset their connections.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.pipe(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server;
}

/** A connection to the server, over which `payload` went there and back. */
export async function connect(t: Cleanup, server: net.Server, payload = 'hello'): Promise<net.Socket> {
  const { address, port } = server.address() as net.AddressInfo;
  const socket = net.connect({ host: address, port });
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  socket.write(payload);
  let missing = payload.length;
  while (missing > 0) {
    const [piece] = (await once(socket, 'data')) as [Buffer];
    missing -= piece.length;
  }
  return socket;
}

/** The two ends of an open connection. */
export function tupleOf(socket: net.Socket): ConnectionTuple {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (!localAddress || !localPort || !remoteAddress || !remotePort) throw new Error('The socket is not connected');
  return { localAddress, localPort, remoteAddress, remotePort };
}

/** The descriptor of an open socket. */
export function descriptorOf(socket: net.Socket | net.Server): number {
  const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd: number } };
  return handle.fd;
}

/** Ends a connection by FIN, its client first, and gives its ends once both sides have closed. */
export async function closeByFin(t: Cleanup, server: net.Server): Promise<ConnectionTuple> {
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const client = await connect(t, server);
  const [peer] = await accepted;
  const tuple = tupleOf(client);
  const closed = Promise.all([once(client, 'close'), once(peer, 'close')]);
  client.end();
  await closed;
  return tuple;
}

/** Sends the FIN of a client whose server keeps its side open. */
export async function closeHalf(t: Cleanup, server: net.Server): Promise<void> {
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const client = await connect(t, server);
  const [peer] = await accepted;
  peer.unpipe().resume();
  peer.allowHalfOpen = true;
  client.end();
  await once(peer, 'end');
}

/** Ends a connection by RST, and gives its ends. */
export async function closeByReset(t: Cleanup, server: net.Server): Promise<ConnectionTuple> {
  const client = await connect(t, server);
  const tuple = tupleOf(client);
  if (!resetOnClose(descriptorOf(client))) throw new Error('The kernel cannot be told to reset');
  client.destroy();
  await once(client, 'close');
  return tuple;
}
