import { spawnSync } from 'node:child_process';
import { runChild } from '../../test/support/child.ts';
import type { Lifetime } from '../../test/support/servers.ts';
import { addressesFrom, type Place } from './place.ts';

/** Network namespaces, each removed at the end of the lifetime, or of the process when that comes before. */
class Namespaces {
  readonly #ip: string;
  readonly #existing = new Set<string>();

  constructor(lifetime: Lifetime, ip: string) {
    this.#ip = ip;
    const removeAll = (): void => {
      for (const name of this.#existing) spawnSync(ip, ['netns', 'del', name]);
      this.#existing.clear();
    };
    process.once('exit', removeAll);
    lifetime.after(async () => {
      process.off('exit', removeAll);
      removeAll();
    });
  }

  async add(name: string): Promise<void> {
    this.#existing.add(name);
    await this.ip(`netns add ${name}`);
    await this.ip(`-n ${name} link set lo up`);
  }

  /** Runs ip(8). Throws with what it says when it fails. */
  async ip(line: string): Promise<void> {
    const { status, output } = await runChild(this.#ip, line.split(' '));
    if (status !== 0) throw new Error(`ip ${line}: ${output}`);
  }
}

let opened = 0;

/** A namespace for the targets, and one for each exporter with a veth pair to it. */
export async function openNamespaces(lifetime: Lifetime, ip: string, exporters: number): Promise<Place[]> {
  opened += 1;
  const name = (what: string): string => `clearbox-bench-${process.pid}-${opened}-${what}`;
  const namespaces = new Namespaces(lifetime, ip);
  const targets = name('targets');
  await namespaces.add(targets);
  // The range for benchmarks (RFC 2544), all of it at the targets.
  await namespaces.ip(`-n ${targets} route add local 198.18.0.0/15 dev lo`);
  const places: Place[] = [];
  for (let i = 1; i <= exporters; i += 1) {
    const [exporter, link] = [name(`exporter-${i}`), `probes${i}`];
    const [peer, host] = [`10.213.${i}.1`, `10.213.${i}.2`];
    await namespaces.add(exporter);
    await namespaces.ip(`link add probes netns ${exporter} type veth peer name ${link} netns ${targets}`);
    await namespaces.ip(`-n ${exporter} addr add ${peer}/24 dev probes`);
    await namespaces.ip(`-n ${targets} addr add ${host}/24 dev ${link}`);
    await namespaces.ip(`-n ${exporter} link set probes up`);
    await namespaces.ip(`-n ${targets} link set ${link} up`);
    await namespaces.ip(`-n ${exporter} route add 198.18.0.0/15 via ${host}`);
    // An exporter that leaves sockets in TIME_WAIT goes on probing all the same.
    await namespaces.ip(
      `netns exec ${exporter} sysctl -qw net.ipv4.ip_local_port_range=1024\t65535 net.ipv4.tcp_tw_reuse=1`,
    );
    places.push({
      exporter: [ip, 'netns', 'exec', exporter],
      targets: [ip, 'netns', 'exec', targets],
      peer,
      host,
      ...addressesFrom(198, 18),
    });
  }
  return places;
}
