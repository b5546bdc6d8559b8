import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTool, unavailable } from '../support/peers-available.ts';
import { runChild } from '../support/child.ts';
import type { Order, Report } from './icmp-inside.ts';
import { openScene, type Scene, ways } from './icmp-scene.ts';

/** An order, and what is expected of its report: a reply's hop limit, or a reason and a pattern for the message. */
type Case = readonly [name: string, order: Order, expected: number | readonly [reason: string, message: RegExp]];

const noFragments = { dont_fragment: true, payload_size: 1400 };

const cases: readonly Case[] = [
  ['a target behind a router', { target: '10.213.9.1' }, 63],
  ['the same over IPv6', { target: 'fd00:213:9::1' }, 63],
  ['the router', { target: '10.213.8.2', icmp: { ttl: 1 } }, 64],
  ['a link-local address', { target: 'fe80::1:2%near' }, 64],
  ['a source address', { target: '10.213.9.1', icmp: { source_ip_address: '10.213.8.1' } }, 63],
  ['a large payload in fragments', { target: '10.213.9.1', icmp: { payload_size: 20_000 } }, 63],
  [
    'a TTL that ends at the router',
    { target: '10.213.9.1', icmp: { ttl: 1 } },
    ['unreachable', /TTL exceeded in transit \(ICMP type 11, code 0\), says 10\.213\.8\.2$/],
  ],
  [
    'a hop limit that ends at the router',
    { target: 'fd00:213:9::1', icmp: { ttl: 1 } },
    ['unreachable', /hop limit exceeded in transit \(ICMPv6 type 3, code 0\), says fd00:213:8::2$/],
  ],
  [
    'a host that the router cannot reach',
    { target: '10.213.10.1' },
    ['unreachable', /host unreachable \(ICMP type 3, code 1\), says 10\.213\.8\.2$/],
  ],
  [
    'a host that the router may not reach',
    { target: '10.213.11.1' },
    ['unreachable', /communication prohibited \(ICMP type 3, code 13\), says 10\.213\.8\.2$/],
  ],
  [
    'an IPv6 host that the router cannot reach',
    { target: 'fd00:213:10::1' },
    ['unreachable', /\(ICMPv6 type 1, code \d\), says fd00:213:8::2$/],
  ],
  [
    'a packet too big for the far link',
    { target: '10.213.9.1', icmp: noFragments },
    ['too_large', /packet too big, at most 1400 bytes \(ICMP type 3, code 4\), says 10\.213\.8\.2$/],
  ],
  [
    'a packet too big for the near link',
    { target: '10.213.9.1', icmp: { ...noFragments, payload_size: 1500 } },
    ['too_large', /too big for the network interface/],
  ],
];

function check([name, , expected]: Case, report: Report | undefined): void {
  const context = `${name}: ${JSON.stringify(report)}`;
  if (typeof expected === 'number') {
    assert.ok(report?.success, context);
    assert.equal(report.metrics['probe_icmp_reply_hop_limit'], expected, context);
  } else {
    const [reason, message] = expected;
    assert.equal(report?.reason, reason, context);
    assert.match(report.message ?? '', message, context);
    assert.ok((report.metrics['probe_duration_seconds'] ?? Infinity) < 5, `${context} came too late`);
  }
}

/** Allows or forbids ping sockets to groups, then probes. */
async function probe(scene: Scene, way: keyof typeof ways, orders: readonly Order[]): Promise<Report[]> {
  const { groups, environment } = ways[way];
  await scene.shell('client', `echo '${groups}' > /proc/sys/net/ipv4/ping_group_range`);
  return scene.probe(orders, environment);
}

test('pings through a router', async (t) => {
  const ip = findTool(t, 'ip');
  if (ip === undefined) return;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return unavailable(t, 'needs Linux and root');
  const scene = await openScene(t, ip);

  for (const way of ['datagram', 'raw'] as const) {
    await t.test(`by a ${way} socket, all at once`, async () => {
      const reports = await probe(
        scene,
        way,
        cases.map(([, order]) => order),
      );
      for (const [index, row] of cases.entries()) check(row, reports[index]);
    });

    await t.test(`by a ${way} socket, 256 at once while errors come in`, async () => {
      const good = Array.from({ length: 256 }, (): Order => ({ target: '10.213.9.1' }));
      const bad = Array.from({ length: 64 }, (): Order => ({ target: '10.213.9.1', icmp: { ttl: 1 } }));
      const reports = await probe(scene, way, [...bad, ...good, ...bad]);
      const reasons = reports.map(({ success, reason }) => (success ? 'success' : reason));
      assert.deepEqual(reasons, [
        ...bad.map(() => 'unreachable'),
        ...good.map(() => 'success'),
        ...bad.map(() => 'unreachable'),
      ]);
    });
  }

  await t.test('where neither kind of socket is allowed', async () => {
    const reports = await probe(scene, 'none', [{ target: '10.213.9.1' }, { target: '::1' }]);
    for (const { reason, message } of reports) {
      assert.equal(reason, 'permission');
      assert.match(message ?? '', /net\.ipv4\.ping_group_range.*CAP_NET_RAW/);
    }
  });

  await t.test('with every second request lost', async (t) => {
    if ((await runChild('nft', ['--version']).catch(() => undefined))?.status !== 0) {
      return unavailable(t, 'nft (nftables) is not installed');
    }
    const rule = 'icmp type echo-request numgen inc mod 2 1 drop';
    await scene.shell('target', `nft 'add table ip t; add chain ip t c { type filter hook input priority 0; }'`);
    await scene.shell('target', `nft 'add rule ip t c ${rule}'`);
    const order = { target: '10.213.9.1', icmp: { count: 6, interval: '20ms' } };
    const [report] = await probe(scene, 'raw', [order]);
    assert.ok(report?.success, JSON.stringify(report));
    const { metrics } = report;
    assert.equal(metrics['probe_icmp_packets_sent'], 6);
    assert.equal(metrics['probe_icmp_packets_received'], 3);
    assert.equal(metrics['probe_icmp_loss_ratio'], 0.5);
    assert.ok((metrics['probe_duration_seconds'] ?? Infinity) < 5, 'waited for lost replies until the deadline');
  });

  await t.test('that a firewall of the machine itself forbids', async (t) => {
    if ((await runChild('nft', ['--version']).catch(() => undefined))?.status !== 0) {
      return unavailable(t, 'nft (nftables) is not installed');
    }
    await scene.shell('client', `nft 'add table ip t; add chain ip t c { type filter hook output priority 0; }'`);
    await scene.shell('client', `nft 'add rule ip t c icmp type echo-request drop'`);
    const [report] = await probe(scene, 'raw', [{ target: '10.213.9.1' }]);
    assert.equal(report?.reason, 'permission');
    assert.match(report.message ?? '', /firewall/);
  });
});
