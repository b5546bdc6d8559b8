import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Phase } from '../../src/net/failure.ts';
import { eventually } from '../support/eventually.ts';
import { fullListener } from '../support/full-listener.ts';
import { root, valid } from '../support/identities.ts';
import { probeOnce } from '../support/probe-once.ts';
import { closedPort, type Lifetime, serveTcp, serveTls } from '../support/servers.ts';

const tls_config = { ca: root.cert, server_name: 'localhost' };
const http = { prober: 'http' };
const https = { prober: 'http', http: { tls_config } };
const tcp = (...steps: object[]): object => ({ prober: 'tcp', tcp: { query_response: steps } });
const tcpTls = { prober: 'tcp', tcp: { tls: true, tls_config } };

interface Case {
  readonly name: string;
  readonly module: object;
  readonly scheme?: string;
  readonly phase: Phase;
  /** Opens a target that calls `reached` when the probe is where it is to be called off; gives its port. */
  readonly open: (lifetime: Lifetime, reached: () => void) => Promise<number>;
  /** Whether nobody can tell, and the probe is there as soon as it runs. */
  readonly atOnce?: true;
}

async function tcpServer(lifetime: Lifetime, script: (socket: Socket) => void): Promise<number> {
  return (await serveTcp(lifetime, script)).port;
}

const onFirstBytes = (lifetime: Lifetime, reached: () => void): Promise<number> =>
  tcpServer(lifetime, (socket) => socket.once('data', reached));

const onRequest =
  (alpn: string, answer: string | Buffer = '') =>
  async (lifetime: Lifetime, reached: () => void): Promise<number> => {
    const script = (socket: Socket): void => void socket.once('data', () => socket.write(answer, reached));
    return (await serveTls(lifetime, valid(), script, { ALPNProtocols: [alpn] })).port;
  };

const cases: readonly Case[] = [
  { name: 'http, connecting', module: http, phase: 'connect', open: fullListener, atOnce: true },
  { name: 'tcp, connecting', module: tcp(), phase: 'connect', open: fullListener, atOnce: true },
  { name: 'https, shaking hands', module: https, scheme: 'https://', phase: 'tls', open: onFirstBytes },
  { name: 'tcp, shaking hands', module: tcpTls, phase: 'tls', open: onFirstBytes },
  { name: 'http, waiting for the response', module: http, phase: 'response', open: onFirstBytes },
  {
    name: 'https, waiting for the response',
    module: https,
    scheme: 'https://',
    phase: 'response',
    open: onRequest('http/1.1'),
  },
  {
    name: 'HTTP/2, waiting for the response',
    module: https,
    scheme: 'https://',
    phase: 'response',
    open: onRequest('h2'),
  },
  {
    name: 'tcp, waiting for a line',
    module: tcp({ send: 'hello' }, { expect: '^a' }),
    phase: 'dialogue',
    open: onFirstBytes,
  },
  {
    name: 'tcp, waiting for bytes',
    module: tcp({ send: 'hello' }, { expect_bytes: 'a' }),
    phase: 'dialogue',
    open: onFirstBytes,
  },
];

test('a probe that is called off leaves nothing behind', { concurrency: true }, async (t) => {
  // What is opened once and kept is not to count.
  for (const module of [http, tcp()]) await probeOnce(module, `127.0.0.1:${await closedPort(t)}`);
  const descriptors = openDescriptors();
  const timers = activeTimers();
  const causes = ['cancelled', 'timeout'] as const;
  const each = causes.flatMap((cause) => cases.map((tested) => ({ cause, tested })));
  await Promise.all(
    each.map(({ cause, tested }) => t.test(`${tested.name}: ${cause}`, (t) => callOff(t, tested, cause))),
  );
  await eventually(async () => assert.equal(openDescriptors(), descriptors), 5);
  await eventually(async () => assert.equal(activeTimers(), timers), 5);
});

async function callOff(t: TestContext, tested: Case, cause: 'cancelled' | 'timeout'): Promise<void> {
  const { module, scheme = '', phase, open, atOnce } = tested;
  const controller = new AbortController();
  const reached = (): void => {
    if (cause === 'cancelled') controller.abort();
  };
  const port = await open(t, reached);
  const options = cause === 'timeout' ? { timeout: 0.05 } : { signal: controller.signal };
  const running = probeOnce(module, `${scheme}127.0.0.1:${port}`, options);
  if (atOnce) setImmediate(reached);
  const { failure } = await running;
  assert.equal(failure?.reason, cause, failure?.message);
  // A deadline may come before the probe is where it is awaited.
  if (cause === 'cancelled') assert.equal(failure.phase, phase);
}

test('a probe whose client has gone before it began bothers nobody', async (t) => {
  const listening = await serveTcp(t, (socket) => socket.once('data', () => assert.fail('something was sent')));
  for (const module of [http, tcp({ send: 'hello' })]) {
    const { failure } = await probeOnce(module, listening.address, { signal: AbortSignal.abort() });
    assert.equal(failure?.reason, 'cancelled');
  }
  await listening.accepted();
});

/** How many descriptors this process has open; 0 where the system does not tell. */
function openDescriptors(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
