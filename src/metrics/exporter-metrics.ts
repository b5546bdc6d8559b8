import { Counter, Histogram, Registry } from 'prom-client';
import { registerProcess } from './process-metrics.ts';
import { registerReading } from './reading.ts';

/** How many probes are running now, and how many may. */
export interface ProbeLoad {
  readonly running: number;
  readonly maxInFlight: number;
}

/** How often the caches of resolvers had, and had not, what was asked for. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
}

/** How a probe ended. */
export interface Outcome {
  readonly module: string;
  /** Seconds. */
  readonly duration: number;
  /** Seconds that it waited for its start. */
  readonly wait: number;
  /** Undefined on success. */
  readonly failure: { readonly phase: string; readonly reason: string } | undefined;
  /** How many attempts there were; undefined when the module has no retries. */
  readonly attempts?: number | undefined;
}

type Sample = Counter.Internal;

interface ModuleSamples {
  readonly success: Sample;
  readonly failure: Sample;
  readonly duration: Histogram.Internal<'module'>;
  readonly failures: Map<string, Sample>;
}

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

const waitBuckets = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What a process that probes counts for `/metrics`. No target is ever a label. */
export class ExporterMetrics {
  readonly registry = new Registry();
  readonly #modules = new Map<string, ModuleSamples>();
  readonly #registers = [this.registry];

  readonly #unknownModules = new Counter({
    name: 'blackbox_module_unknown_total',
    help: 'How many probes asked for a module that the configuration does not have.',
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
  readonly #retries = new Counter({
    name: 'clearbox_probe_retries_total',
    help: 'How many attempts there were beyond the first of each probe, by module with retries.',
    labelNames: ['module'],
    registers: this.#registers,
  });
  readonly #waits = new Histogram({
    name: 'clearbox_probe_wait_seconds',
    help: 'How long probes waited for the event loop to be free before they started.',
    buckets: waitBuckets,
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

  /** Without `probes` this process runs none. */
  constructor(probes: ProbeLoad = { running: 0, maxInFlight: 0 }, resolverCache: CacheCounts = { hits: 0, misses: 0 }) {
    registerProcess(this.registry);
    registerReading(this.registry, 'clearbox_probes_in_flight', 'How many probes are running.', () => probes.running);
    registerReading(
      this.registry,
      'clearbox_probes_in_flight_limit',
      'How many probes may run at once.',
      () => probes.maxInFlight,
    );
    registerCache(this.registry, resolverCache);
  }

  /** Counts a probe that has ended. */
  probeEnded({ module, duration, wait, failure, attempts }: Outcome): void {
    const samples = this.#samplesOf(module);
    samples.duration.observe(duration);
    this.#waits.observe(wait);
    if (attempts !== undefined) this.#retries.inc({ module }, attempts - 1);
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

function registerCache(registry: Registry, counts: CacheCounts): void {
  for (const kind of ['hits', 'misses'] as const) {
    new Counter({
      name: `clearbox_resolver_cache_${kind}_total`,
      help: `How often a name was ${kind === 'hits' ? 'found in the cache' : 'missing in the cache'} of a resolver.`,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(counts[kind]);
      },
    });
  }
}
