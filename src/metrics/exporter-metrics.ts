import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { revision, version } from '../version.ts';

/** What the kernel knows of the network namespace; undefined where it cannot be asked. */
export interface KernelReadings {
  socketsByState(): Readonly<Record<string, number>> | undefined;
  localPortsInUse(): number | undefined;
  localPortLimit(): number | undefined;
}

/** How many probes are running now, and how many may. */
export interface ProbeLoad {
  readonly running: number;
  readonly maxInFlight: number;
}

export interface ExporterMetricsOptions {
  readonly kernel: KernelReadings;
  readonly probes: ProbeLoad;
}

/** How a probe ended. */
export interface Outcome {
  readonly module: string;
  /** Seconds. */
  readonly duration: number;
  /** Undefined on success. */
  readonly failure: { readonly phase: string; readonly reason: string } | undefined;
}

type Sample = Counter.Internal;

interface ModuleSamples {
  readonly success: Sample;
  readonly failure: Sample;
  readonly duration: Histogram.Internal<'module'>;
  readonly failures: Map<string, Sample>;
}

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** The exporter's own metrics, those of `/metrics`. No target is ever a label. */
export class ExporterMetrics {
  readonly registry = new Registry();
  readonly #modules = new Map<string, ModuleSamples>();
  readonly #registers = [this.registry];

  readonly #unknownModules = new Counter({
    name: 'blackbox_module_unknown_total',
    help: 'How many probes asked for a module that the configuration does not have.',
    registers: this.#registers,
  });
  readonly #reloadSuccessful = new Gauge({
    name: 'blackbox_exporter_config_last_reload_successful',
    help: 'Whether the configuration was accepted when it was last loaded.',
    registers: this.#registers,
  });
  readonly #reloadTime = new Gauge({
    name: 'blackbox_exporter_config_last_reload_success_timestamp_seconds',
    help: 'When a configuration was last accepted, in seconds since the epoch.',
    registers: this.#registers,
  });
  readonly #probes = new Counter({
    name: 'clearbox_probes_total',
    help: 'How many probes have ended, by module and outcome (success or failure).',
    labelNames: ['module', 'outcome'],
    registers: this.#registers,
  });
  readonly #failures = new Counter({
    name: 'clearbox_probe_failures_total',
    help: 'How many probes have failed, by module, phase and reason.',
    labelNames: ['module', 'phase', 'reason'],
    registers: this.#registers,
  });
  readonly #durations = new Histogram({
    name: 'clearbox_probe_duration_seconds',
    help: 'How long probes took, by module.',
    labelNames: ['module'],
    buckets: durationBuckets,
    registers: this.#registers,
  });
  readonly #rejected = new Counter({
    name: 'clearbox_probes_rejected_total',
    help: 'How many requests for a probe were refused before it ran, by reason.',
    labelNames: ['reason'],
    registers: this.#registers,
  });
  readonly #internalErrors = new Counter({
    name: 'clearbox_internal_errors_total',
    help: 'How many errors of the exporter itself were caught, by where.',
    labelNames: ['where'],
    registers: this.#registers,
  });

  constructor(options: ExporterMetricsOptions) {
    collectDefaultMetrics({ register: this.registry });
    // Gauges that are named like counters, which promtool minds.
    for (const kind of ['handles', 'requests', 'resources']) {
      this.registry.removeSingleMetric(`nodejs_active_${kind}_total`);
    }
    registerBuildInfo(this.registry);
    registerKernel(this.registry, options.kernel);
    const { probes } = options;
    registerReading(this.registry, 'clearbox_probes_in_flight', 'How many probes are running.', () => probes.running);
    registerReading(
      this.registry,
      'clearbox_probes_in_flight_limit',
      'How many probes may run at once.',
      () => probes.maxInFlight,
    );
  }

  /** Counts a probe that has ended. */
  probeEnded({ module, duration, failure }: Outcome): void {
    const samples = this.#samplesOf(module);
    samples.duration.observe(duration);
    if (failure === undefined) {
      samples.success.inc();
      return;
    }
    samples.failure.inc();
    const { phase, reason } = failure;
    const key = `${phase} ${reason}`;
    let sample = samples.failures.get(key);
    if (sample === undefined) {
      sample = this.#failures.labels({ module, phase, reason });
      samples.failures.set(key, sample);
    }
    sample.inc();
  }

  /** Counts a request for a probe that did not run. */
  probeRejected(reason: string): void {
    if (reason === 'unknown_module') this.#unknownModules.inc();
    this.#rejected.inc({ reason });
  }

  /** Notes whether the configuration was accepted just now. */
  configurationLoaded(accepted: boolean): void {
    this.#reloadSuccessful.set(accepted ? 1 : 0);
    if (accepted) this.#reloadTime.setToCurrentTime();
  }

  /** Counts an error that is a bug. */
  internalError(where: string): void {
    this.#internalErrors.inc({ where });
  }

  #samplesOf(module: string): ModuleSamples {
    let samples = this.#modules.get(module);
    if (samples === undefined) {
      samples = {
        success: this.#probes.labels({ module, outcome: 'success' }),
        failure: this.#probes.labels({ module, outcome: 'failure' }),
        duration: this.#durations.labels({ module }),
        failures: new Map(),
      };
      this.#modules.set(module, samples);
    }
    return samples;
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

/** A gauge that is read when it is asked for, and absent while its value is unknown. */
function registerReading(registry: Registry, name: string, help: string, read: () => number | undefined): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === undefined) this.remove({});
      else this.set(value);
    },
  });
}
