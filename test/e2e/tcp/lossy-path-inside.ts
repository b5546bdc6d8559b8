// Runs in a network namespace of its own, whose loopback loses what it is told to.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { type Kind, plainKinds, tlsKinds } from '../../probers/reasons/kinds.ts';
import { eventually } from '../../support/eventually.ts';
import { probeOnce } from '../../support/probe-once.ts';
import { serveTcp } from '../../support/servers.ts';
import { assertTold, openConnections } from './ss.ts';

function run(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`, { cause: error });
  return stdout;
}

run('ip', 'link', 'set', 'lo', 'up');
run('nft', 'add table ip t; add chain ip t c { type filter hook input priority 0; }');

const segments = { syn: 'tcp flags & (syn | ack) == syn', data: 'tcp flags & psh != 0' } as const;

/** Drops the first `count` segments of a kind that go to a port; gives how many have been dropped so far. */
function drop(port: number, which: keyof typeof segments, count = 999_999): () => number {
  const name = `${which}${port}`;
  const rule = `tcp dport ${port} ${segments[which]} numgen inc mod 1000000 < ${count} counter name ${name} drop`;
  run('nft', `add counter ip t ${name}; add rule ip t c ${rule}`);
  return () => Number(/packets (\d+)/.exec(run('nft', 'list', 'counter', 'ip', 't', name))?.[1]);
}

const silent = (socket: Socket): void => void socket.resume();

test('a lossy path', { concurrency: true, timeout: 60_000 }, async (t) => {
  const tests = [...plainKinds, ...tlsKinds()].map((kind: Kind) =>
    t.test(`${kind.name}, whose first two segments of data are lost`, async (t) => {
      const { address, port } = await serveTcp(t, (socket) => void socket.once('data', () => socket.end()));
      const dropped = drop(port, 'data', 2);
      const { failure, metrics } = await probeOnce(kind.module, kind.scheme + address, { timeout: 30 });
      // The third has come to the server, which closed then.
      assert.equal(failure?.reason, 'closed', failure?.message);
      assert.equal(dropped(), 2);
      assert.equal(metrics.get('probe_tcp_retransmits'), 2);
    }),
  );

  tests.push(
    t.test('a connection whose first SYN is lost', async (t) => {
      const { address, port } = await serveTcp(t, silent);
      const dropped = drop(port, 'syn', 1);
      const { success, metrics } = await probeOnce({ prober: 'tcp' }, address, { timeout: 30 });
      assert.equal(success, true);
      assert.equal(dropped(), 1);
      assert.equal(metrics.get('probe_tcp_retransmits'), 1);
      assert.equal(metrics.get('probe_tcp_lost_segments'), 0);
      assert.ok((metrics.get('probe_tcp_duration_seconds{phase="connect"}') ?? 0) > 0.9);
    }),
    t.test('a connection whose SYNs are all lost', async (t) => {
      const { address, port } = await serveTcp(t, silent);
      const dropped = drop(port, 'syn');
      const { failure, metrics } = await probeOnce({ prober: 'tcp' }, address, { timeout: 2.5 });
      assert.deepEqual([failure?.phase, failure?.reason], ['connect', 'timeout']);
      const retransmits = metrics.get('probe_tcp_retransmits');
      assert.ok(retransmits !== undefined && retransmits > 0);
      assert.equal(retransmits, dropped() - 1);
      assert.equal(metrics.get('probe_tcp_closed_state{state="syn_sent"}'), 1);
      assert.equal(metrics.has('probe_tcp_rtt_seconds'), false);
    }),
    t.test('a connection whose data is all lost', async (t) => {
      const { address, port } = await serveTcp(t, silent);
      const dropped = drop(port, 'data');
      const controller = new AbortController();
      const probe = probeOnce({ prober: 'http' }, `http://${address}`, { timeout: 30, signal: controller.signal });
      // The longer it lasts, the longer the kernel waits until it tries again: there is time to look.
      const shown = await eventually(async () => {
        const [connection] = await openConnections('127.0.0.1', port);
        assert.ok(connection !== undefined && (connection['probe_tcp_retransmits'] ?? 0) >= 3);
        return connection;
      });
      controller.abort();
      const { metrics } = await probe;
      assertTold(metrics, shown);
      assert.ok((shown['probe_tcp_lost_segments'] ?? 0) > 0);
      assert.equal(metrics.get('probe_tcp_retransmits'), dropped() - 1);
    }),
  );
  await Promise.all(tests);
});
