import type { ServeOptions } from '../cli/serve-options.ts';
import type { Refusal } from '../server/configuration.ts';
import type { FoundLog, WantedLog } from '../server/overview.ts';
import type { RecentProbe } from '../web/index-page.ts';
import type { Report } from './totals.ts';

/** A configuration file as the primary has read it. */
export interface ConfigurationText {
  readonly file: string;
  readonly text: string;
}

/** What a worker begins with. */
export interface Start {
  /** Its number, from 1; a worker that takes the place of a dead one has that one's. */
  readonly worker: number;
  /** With its share of every limit. */
  readonly options: ServeOptions;
  /** The configuration in use. */
  readonly configuration: ConfigurationText;
  /** When the exporter started, on the monotonic clock of the machine in nanoseconds. */
  readonly epoch: bigint;
}

/** What is going on in a worker that was told to stop. */
export interface Stopping {
  readonly probesInFlight: number;
  /** Milliseconds within which it ends. */
  readonly limit: number;
}

/** What the primary asks its workers. */
export type WorkerQuestions = {
  /** Reads a configuration and keeps it aside; tells its mistakes. */
  prepare: readonly [ConfigurationText, Refusal];
  /** Takes the configuration that was prepared into use. */
  adopt: readonly [undefined, void];
  report: readonly [undefined, Report];
  recent: readonly [undefined, readonly RecentProbe[]];
  log: readonly [WantedLog, FoundLog | undefined];
  stop: readonly [undefined, Stopping];
};

/** What a worker asks the primary, and tells it. */
export type PrimaryQuestions = {
  hello: readonly [undefined, Start];
  /** The worker can take connections. */
  ready: readonly [undefined, void];
  /** A connection has arrived. */
  taken: readonly [id: number, void];
  /** One of its connections has closed. */
  closed: readonly [undefined, void];
  /** What it has counted so far, so that it is known when it dies. */
  counted: readonly [Report, void];
  reload: readonly [undefined, Refusal];
  metrics: readonly [undefined, string];
  recent: readonly [undefined, readonly RecentProbe[]];
  log: readonly [WantedLog, FoundLog | undefined];
};
