import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { runChild } from '../support/child.ts';
import type { Lifetime } from '../support/servers.ts';
import type { Order, Report } from './icmp-inside.ts';

type Place = 'client' | 'router' | 'target';

/** Three network namespaces in a row: client - near link - router - far link - target. */
export interface Scene {
  /** Runs lines of shell commands in one of the namespaces. */
  shell(place: Place, lines: string): Promise<void>;
  /** Probes from the client, all at once. */
  probe(orders: readonly Order[], environment?: Readonly<Record<string, string>>): Promise<Report[]>;
}

/** The client's way to ping: without privileges by its group, or by CAP_NET_RAW, or none. */
export const ways = {
  datagram: { groups: '0 2147483647', environment: { AS_NOBODY: '1' } },
  raw: { groups: '1 0', environment: {} },
  none: { groups: '1 0', environment: { AS_NOBODY: '1' } },
} as const;

/** The smaller MTU is that of the far link. */
const farMtu = 1400;

const setups: Readonly<Record<Place, string>> = {
  client: `
    ip addr add 10.213.8.1/24 dev near
    ip addr add fd00:213:8::1/64 dev near nodad
    ip addr add fe80::1:1/64 dev near nodad
    ip route add default via 10.213.8.2
    ip route add default via fd00:213:8::2`,
  router: `
    ip addr add 10.213.8.2/24 dev near
    ip addr add fd00:213:8::2/64 dev near nodad
    ip addr add fe80::1:2/64 dev near nodad
    ip addr add 10.213.9.2/24 dev far
    ip addr add fd00:213:9::2/64 dev far nodad
    ip route add unreachable 10.213.10.0/24
    ip route add prohibit 10.213.11.0/24
    ip route add unreachable fd00:213:10::/64
    echo 1 > /proc/sys/net/ipv4/ip_forward
    echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
    echo 0 > /proc/sys/net/ipv4/icmp_ratemask
    echo 0 > /proc/sys/net/ipv6/icmp/ratelimit`,
  target: `
    ip addr add 10.213.9.1/24 dev far
    ip addr add fd00:213:9::1/64 dev far nodad
    ip route add default via 10.213.9.2
    ip route add default via fd00:213:9::2`,
};

/** Opens the scene; it is gone at the end of the test. Needs root, and `ip` of iproute2. */
export async function openScene(lifetime: Lifetime, ip: string): Promise<Scene> {
  const nameOf = (place: Place): string => `clearbox-icmp-${place}-${process.pid}`;
  const run = async (...words: string[]): Promise<void> => {
    const { status, output } = await runChild(ip, words);
    assert.equal(status, 0, `ip ${words.join(' ')}: ${output}`);
  };
  const shell = (place: Place, lines: string): Promise<void> =>
    run('netns', 'exec', nameOf(place), 'sh', '-e', '-c', lines);
  const link = async (device: string, mtu: number, places: readonly [Place, Place]): Promise<void> => {
    const [left, right] = [nameOf(places[0]), nameOf(places[1])];
    await run('link', 'add', device, 'netns', left, 'type', 'veth', 'peer', 'name', device, 'netns', right);
    for (const name of [left, right]) await run('-n', name, 'link', 'set', device, 'mtu', String(mtu), 'up');
  };

  const places = ['client', 'router', 'target'] as const;
  lifetime.after(async () => {
    for (const place of places) await runChild(ip, ['netns', 'del', nameOf(place)]);
  });
  for (const place of places) {
    await run('netns', 'add', nameOf(place));
    await run('-n', nameOf(place), 'link', 'set', 'lo', 'up');
  }
  await link('near', 1500, ['client', 'router']);
  await link('far', farMtu, ['router', 'target']);
  for (const place of places) await shell(place, setups[place]);

  return {
    shell,
    async probe(orders, environment = {}) {
      const inside = fileURLToPath(new URL('icmp-inside.js', import.meta.url));
      const { status, output } = await runChild(ip, ['netns', 'exec', nameOf('client'), process.execPath, inside], {
        input: JSON.stringify(orders),
        env: environment,
      });
      assert.equal(status, 0, output);
      return JSON.parse(output) as Report[];
    },
  };
}
