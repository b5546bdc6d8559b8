import { parseDuration } from '../config/duration.ts';
import { sweepFormats, type SweepOrder } from '../sweep/order.ts';
import type { FlagTable, FlagValues } from './flags.ts';
import { helpText } from './help.ts';

export const sweepFlags = {
  help: { short: 'h', help: 'Show this help.' },
  'config.file': { value: '<file>', help: 'Configuration file, as without sweep.' },
  module: { value: '<name>', default: 'http_2xx', help: 'Module to probe by.' },
  hostname: { value: '<name>', help: 'Host header, or name in TLS, for every target.' },
  parameter: {
    value: '<name=value>',
    repeatable: true,
    help: 'Value of a parameter that the module declares. Can be given several times.',
  },
  concurrency: { value: '<number>', default: '256', help: 'The most probes at once.' },
  'max-per-host': {
    value: '<number>',
    help: 'The most of them towards one host; others go on meanwhile. Default: any number.',
  },
  target: {
    value: '<template>',
    default: '{}',
    help: 'What a line becomes, as in https://{}/ for a list of bare domains.',
  },
  timeout: { value: '<duration>', help: "The most that a probe may take, like 5s. Default: the module's timeout." },
  output: { value: '<file>', help: 'Where the results go. Default: standard output.' },
  format: {
    value: '<format>',
    default: 'ndjson',
    help: `Format of the results: ${sweepFormats.join(', ')}. A textfile, for the node_exporter of Prometheus, needs --output.`,
  },
  metrics: { help: 'Put every metric of a probe into its row; for ndjson.' },
  resume: { help: 'Go on with a sweep that was stopped: what --output has is not probed again.' },
  'expire-within': {
    value: '<duration>',
    default: '14d',
    help: 'Certificates that expire so soon are named in the summary.',
  },
  progress: { default: 'on', help: 'Show how far it is, when standard error is a terminal.' },
} satisfies FlagTable<string>;

/** Reads the flags of a sweep. Throws UsageError. */
export function readSweepOrder(flags: FlagValues<keyof typeof sweepFlags>): SweepOrder {
  const [list, extra] = flags.positionals;
  if (extra !== undefined) throw flags.refusal(`Unexpected argument ${JSON.stringify(extra)}`);
  const options: SweepOrder = {
    list: list === '-' ? undefined : list,
    configFile: flags.text('config.file') || undefined,
    module: flags.text('module'),
    hostname: flags.text('hostname') || undefined,
    parameters: readParameters(flags),
    concurrency: flags.count('concurrency') ?? 1,
    maxPerHost: flags.count('max-per-host'),
    template: flags.text('target'),
    timeout: flags.text('timeout') === '' ? undefined : positiveDuration(flags, 'timeout'),
    output: flags.text('output') === '-' ? undefined : flags.text('output') || undefined,
    format: flags.oneOf('format', sweepFormats),
    metrics: flags.isOn('metrics'),
    resume: flags.isOn('resume'),
    expireWithin: positiveDuration(flags, 'expire-within'),
    progress: flags.isOn('progress'),
  };
  if (!options.template.includes('{}')) throw flags.mistake('target', 'has no {} for the line of the list');
  if (options.resume && options.output === undefined) throw flags.refusal('--resume needs --output');
  if (options.format === 'textfile' && options.output === undefined) {
    throw flags.refusal('--format=textfile needs --output');
  }
  if (options.metrics && options.format !== 'ndjson') throw flags.refusal('--metrics is for --format=ndjson');
  return options;
}

function readParameters(flags: FlagValues<keyof typeof sweepFlags>): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const text of flags.texts('parameter')) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw flags.mistake('parameter', `${JSON.stringify(text)} is no name=value`);
    if (`param_${name}` in parameters) throw flags.mistake('parameter', `${name} is given twice`);
    parameters[`param_${name}`] = value;
  }
  return parameters;
}

function positiveDuration(flags: FlagValues<keyof typeof sweepFlags>, name: 'timeout' | 'expire-within'): number {
  const milliseconds = flags.parsed(name, flags.text(name), readDuration);
  if (milliseconds <= 0) throw flags.mistake(name, 'must be more than 0');
  return milliseconds;
}

const day = 24 * 60 * 60 * 1000;

/** Milliseconds; also whole days, which the configuration does not know. */
function readDuration(text: string): number {
  const days = /^(\d{1,6})d$/.exec(text)?.[1];
  return days === undefined ? parseDuration(text) : Number(days) * day;
}

/** The text of sweep --help. */
export const sweepHelp = helpText(
  `Usage: clearbox_exporter sweep [flags] [FILE]

Probes every target of a list, one a line, from FILE or from standard input. Blank lines and lines
that begin with # do not count. Results are written as probes end; a summary goes to standard error.

Exit status: 0 when the whole list was probed, whatever the results; 1 when that was not possible;
2 when the command line cannot be obeyed; 130 or 143 when it was stopped by a signal, and 141 when
whoever read the results has gone.`,
  sweepFlags,
);
