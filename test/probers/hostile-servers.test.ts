import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { libc } from '../../src/kernel/libc.ts';
import { reasons } from '../../src/net/failure.ts';
import { eventually } from '../support/eventually.ts';
import { type MisbehaviourName, misbehaviours, serveBadly } from '../support/hostile-servers.ts';
import { root } from '../support/identities.ts';
import { probeOnce, probeUnlessHeldBack } from '../support/probe-once.ts';
import { closedPort } from '../support/servers.ts';

const tls_config = { ca: root.cert, server_name: 'localhost' };

interface Kind {
  readonly module: object;
  readonly scheme?: string;
  readonly alpn?: string;
  readonly startTls?: true;
  /** Where it fails before TLS, and within it; undefined for what it does not have. */
  readonly plain: string;
  readonly secured?: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  http: { module: { prober: 'http' }, scheme: 'http://', plain: 'response' },
  https: {
    module: { prober: 'http', http: { tls_config } },
    scheme: 'https://',
    alpn: 'http/1.1',
    plain: 'tls',
    secured: 'response',
  },
  'https over HTTP/2': {
    module: { prober: 'http', http: { tls_config } },
    scheme: 'https://',
    alpn: 'h2',
    plain: 'tls',
    secured: 'response',
  },
  tcp: {
    module: { prober: 'tcp', tcp: { query_response: [{ expect: '^hello' }] } },
    plain: 'dialogue',
  },
  'tcp over TLS': {
    module: { prober: 'tcp', tcp: { tls: true, tls_config, query_response: [{ expect: '^hello' }] } },
    plain: 'tls',
    secured: 'dialogue',
  },
  STARTTLS: {
    module: {
      prober: 'tcp',
      tcp: {
        tls_config,
        query_response: [
          { expect: '^220' },
          { send: 'STARTTLS\r' },
          { expect: '^220' },
          { starttls: true },
          { expect: '^hello' },
        ],
      },
    },
    startTls: true,
    plain: 'tls',
    secured: 'dialogue',
  },
  grpc: { module: { prober: 'grpc' }, plain: 'response' },
  'grpc over TLS': {
    module: { prober: 'grpc', grpc: { tls: true, tls_config } },
    alpn: 'h2',
    plain: 'tls',
    secured: 'response',
  },
  websocket: { module: { prober: 'websocket' }, scheme: 'ws://', plain: 'response' },
  'websocket over TLS': {
    module: { prober: 'websocket', websocket: { http_config: { tls_config } } },
    scheme: 'wss://',
    alpn: 'http/1.1',
    plain: 'tls',
    secured: 'response',
  },
  'dns over TCP': {
    module: { prober: 'dns', dns: { query_name: 'example.test', transport_protocol: 'tcp' } },
    plain: 'response',
  },
  'dns over TLS': {
    module: {
      prober: 'dns',
      dns: { query_name: 'example.test', transport_protocol: 'tcp', dns_over_tls: true, tls_config },
    },
    plain: 'tls',
    secured: 'response',
  },
  'dns over HTTPS': {
    module: { prober: 'dns', dns: { query_name: 'example.test', transport_protocol: 'https', tls_config } },
    scheme: 'https://',
    alpn: 'h2',
    plain: 'tls',
    secured: 'response',
  },
};

/** The reasons that a misbehaviour may end in, by where it happens. */
const expected: Readonly<Record<MisbehaviourName, Readonly<Record<'tls' | 'response' | 'dialogue', string>>>> = {
  'closes at once': { tls: 'closed', response: 'closed', dialogue: 'closed' },
  'closes on the first bytes': { tls: 'closed', response: 'closed', dialogue: 'timeout' },
  'resets at once': { tls: 'reset', response: 'reset', dialogue: 'reset' },
  'resets on the first bytes': { tls: 'reset', response: 'reset', dialogue: 'timeout' },
  'sends garbage': { tls: 'tls_protocol', response: 'bad_response', dialogue: 'timeout' },
  'sends garbage and closes': { tls: 'tls_protocol', response: 'bad_response', dialogue: 'regexp' },
  'sends one line without an end': { tls: 'tls_protocol', response: 'bad_response', dialogue: 'too_large' },
  'sends lines without an end': { tls: 'tls_protocol', response: 'bad_response', dialogue: 'timeout' },
  'drips a byte at a time': { tls: 'tls_protocol', response: 'bad_response', dialogue: 'timeout' },
  'says nothing': { tls: 'timeout', response: 'timeout', dialogue: 'timeout' },
  'stops within the handshake': { tls: 'timeout', response: '', dialogue: '' },
  // Only the kernel can tell a reset behind data from an end.
  'resets within the handshake': { tls: libc() === undefined ? 'closed' : 'reset', response: '', dialogue: '' },
};

/** Seconds; a failure that is no timeout comes long before, but for a machine that is very busy. */
const deadline = { timeout: 0.4, other: 10 };

const unhandled: unknown[] = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
process.on('uncaughtException', (error) => unhandled.push(error));

test('bad servers end a probe with a reason, and nothing else', { concurrency: true, timeout: 60_000 }, async (t) => {
  // What is opened once and kept is not to count.
  const port = await closedPort(t);
  for (const { module, scheme = '' } of Object.values(kinds)) await probeOnce(module, `${scheme}127.0.0.1:${port}`);
  const before = descriptors();
  await Promise.all(
    Object.entries(kinds).map(([name, kind]) =>
      t.test(name, { concurrency: true }, async (t) => {
        await Promise.all(cellsOf(kind).map((cell) => testCell(t, kind, cell)));
      }),
    ),
  );
  await eventually(async () => assert.equal(descriptors(), before), 5);
  assert.deepEqual(unhandled, []);
});

/** One misbehaviour at one place of a probe's way. */
interface Cell {
  readonly misbehaviour: MisbehaviourName;
  readonly tls: boolean;
  readonly phase: string;
  readonly reason: string;
}

function cellsOf({ plain, secured }: Kind): Cell[] {
  const places = [{ tls: false, phase: plain }, ...(secured === undefined ? [] : [{ tls: true, phase: secured }])];
  return (Object.keys(misbehaviours) as MisbehaviourName[])
    .flatMap((misbehaviour) => places.map((place) => ({ ...place, misbehaviour })))
    .map((cell) => ({ ...cell, reason: expected[cell.misbehaviour][cell.phase as 'tls' | 'response' | 'dialogue'] }))
    .filter(({ reason }) => reason !== '');
}

function testCell(t: TestContext, kind: Kind, { misbehaviour, tls, phase, reason }: Cell): Promise<void> {
  return t.test(`a server that ${misbehaviour}${tls ? ' under TLS' : ''}: ${reason}`, async (t) => {
    const { alpn, startTls = false, scheme = '', module } = kind;
    const { address } = await serveBadly(t, { misbehaviour, tls, startTls, ...(alpn !== undefined && { alpn }) });
    const timeout = reason === 'timeout' ? deadline.timeout : deadline.other;
    const probe = reason === 'timeout' ? probeOnce : probeUnlessHeldBack;
    const { success, failure, metrics } = await probe(module, `${scheme}${address}`, { timeout });
    assert.equal(success, false);
    assert.equal(metrics.get('probe_success'), 0);
    assert.ok(failure !== undefined && reasons.includes(failure.reason));
    assert.equal(metrics.get(`probe_failure_info{phase="${failure.phase}",reason="${failure.reason}"}`), 1);
    assert.equal(failure.reason, reason, failure.message);
    // The kernel may tell of a reset before it tells that the connection stood; a busy machine may not get far.
    const earlier =
      misbehaviour === 'resets at once' || reason === 'timeout' ? ['admission', 'connect', 'tls', 'dialogue'] : [];
    assert.ok([phase, ...earlier].includes(failure.phase), `${failure.phase}: ${failure.message}`);
  });
}

/** How many descriptors this process has open; 0 where the system does not tell. */
function descriptors(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}
