import type { ProbeLog } from '../log/probe-log.ts';
import type { ProbeMetrics } from '../metrics/probe-metrics.ts';
import type { Connector } from '../net/connector.ts';
import type { Parameters } from '../config/parameters.ts';
import type { ConfigReader } from '../config/reader.ts';
import type { Retries } from '../config/retries.ts';
import type { NameResolver } from '../net/resolve.ts';
import type { ParameterValues } from '../config/template.ts';
import type { ConnectionSettings } from '../net/settings.ts';
import type { ProbeSignal } from '../net/abort.ts';

/** What one run of a probe gets. */
export interface ProbeContext {
  /** The `target` parameter as it came. */
  readonly target: string;
  /** The `hostname` parameter, when given. */
  readonly hostname: string | undefined;
  /** The values of the module's parameters. */
  readonly parameters: ParameterValues;
  /** Aborts at the deadline, and when the client that asked has gone. */
  readonly signal: ProbeSignal;
  /** When that is at the latest, in milliseconds on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Whether `probe_ip_info` tells the target's address. */
  readonly ipInfo: boolean;
  readonly metrics: ProbeMetrics;
  readonly log: ProbeLog;
  /** Opens, measures and closes the probe's connections. */
  readonly connector: Connector;
}

/** One check of one target. Resolves on success; throws ProbeFailure with the reason otherwise. */
export interface Probe {
  (context: ProbeContext): Promise<void>;
  /** Why a request contradicts the module, so that there is nothing to probe; undefined when it does not. */
  readonly refuse?: (request: Pick<ProbeContext, 'hostname' | 'parameters'>) => string | undefined;
}

/** Parses a prober's section of a module, once, into the probe that it describes. */
export type Prober = (section: ConfigReader) => Probe;

/** A module of the configuration, ready to run. */
export interface Module {
  readonly name: string;
  /** The prober's name: http, tcp, ... */
  readonly prober: string;
  /** Milliseconds; undefined when the module has none. */
  readonly timeout: number | undefined;
  readonly connection: ConnectionSettings;
  /** Whether `probe_ip_info` tells the target's address. */
  readonly ipInfo?: boolean;
  readonly retries?: Retries;
  /** Looks up the names that its probes meet; without one this machine's does. */
  readonly resolver?: NameResolver;
  /** Undefined when the URL can set nothing. */
  readonly parameters?: Parameters;
  readonly probe: Probe;
  /** The module as YAML, as it was written, secrets masked. */
  readonly yaml: string;
}
