import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { revision, version } from '../version.ts';
import { registerReading } from './reading.ts';

/** What the kernel knows of the network namespace; undefined where it cannot be asked. */
export interface KernelReadings {
  socketsByState(): Readonly<Record<string, number>> | undefined;
  localPortsInUse(): number | undefined;
  localPortLimit(): number | undefined;
}

export interface InstanceMetricsOptions {
  readonly kernel: KernelReadings;
  /** How many processes are ready for probes. */
  readonly workers: () => number;
}

/** The metrics that an exporter has once, however many processes it is. */
export class InstanceMetrics {
  readonly #reloadSuccessful: Gauge;
  readonly #reloadTime: Gauge;
  readonly #workerRestarts: Counter;
  readonly #workerHangs: Counter;

  constructor(registry: Registry, options: InstanceMetricsOptions) {
    const registers = [registry];
    registerBuildInfo(registry);
    this.#reloadSuccessful = new Gauge({
      name: 'blackbox_exporter_config_last_reload_successful',
      help: 'Whether the configuration was accepted when it was last loaded.',
      registers,
    });
    this.#reloadTime = new Gauge({
      name: 'blackbox_exporter_config_last_reload_success_timestamp_seconds',
      help: 'When a configuration was last accepted, in seconds since the epoch.',
      registers,
    });
    registerKernel(registry, options.kernel);
    registerReading(registry, 'clearbox_workers', 'How many processes are ready for probes.', options.workers);
    this.#workerRestarts = new Counter({
      name: 'clearbox_worker_restarts_total',
      help: 'How many workers have died and were replaced.',
      registers,
    });
    this.#workerHangs = new Counter({
      name: 'clearbox_worker_hangs_total',
      help: 'How many of them were killed because they did not answer.',
      registers,
    });
  }

  /** Notes whether the configuration was accepted just now. */
  configurationLoaded(accepted: boolean): void {
    this.#reloadSuccessful.set(accepted ? 1 : 0);
    if (accepted) this.#reloadTime.setToCurrentTime();
  }

  /** Counts a worker that has died. */
  workerReplaced(): void {
    this.#workerRestarts.inc();
  }

  /** Counts a worker that was killed because it hangs. */
  workerHung(): void {
    this.#workerHangs.inc();
  }
}

function registerBuildInfo(registry: Registry): void {
  const labels = {
    version,
    revision,
    node_version: process.version,
    platform: process.platform,
    arch: process.arch,
  };
  new Gauge({
    name: 'blackbox_exporter_build_info',
    help: 'Always 1; its labels tell which build runs, and on what.',
    labelNames: Object.keys(labels),
    registers: [registry],
  }).set(labels, 1);
}

function registerKernel(registry: Registry, kernel: KernelReadings): void {
  new Gauge({
    name: 'clearbox_tcp_sockets',
    help: 'TCP sockets of this network namespace, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [state, count] of Object.entries(kernel.socketsByState() ?? {})) this.set({ state }, count);
    },
  });
  registerReading(
    registry,
    'clearbox_local_ports_in_use',
    'Ephemeral TCP ports in use in this network namespace.',
    () => kernel.localPortsInUse(),
  );
  registerReading(registry, 'clearbox_local_ports_limit', 'Ephemeral TCP ports that this network namespace has.', () =>
    kernel.localPortLimit(),
  );
}
