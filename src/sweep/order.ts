export const sweepFormats = ['ndjson', 'csv', 'textfile'] as const;
export type SweepFormat = (typeof sweepFormats)[number];

/** How a list is asked to be swept. */
export interface SweepOrder {
  /** Undefined: standard input. */
  readonly list: string | undefined;
  readonly configFile: string | undefined;
  readonly module: string;
  /** The Host header, or the name in TLS, as of the URL of a probe. */
  readonly hostname: string | undefined;
  /** The values of the module's parameters, by `param_` and the name, as in the URL of a probe. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly concurrency: number;
  /** Undefined: any number. */
  readonly maxPerHost: number | undefined;
  /** What a line of the list becomes: the line takes the place of `{}`. */
  readonly template: string;
  /** Milliseconds; undefined: the module's. */
  readonly timeout: number | undefined;
  /** Undefined: standard output. */
  readonly output: string | undefined;
  readonly format: SweepFormat;
  /** Whether rows have every sample. */
  readonly metrics: boolean;
  readonly resume: boolean;
  /** Milliseconds. */
  readonly expireWithin: number;
  readonly progress: boolean;
}
