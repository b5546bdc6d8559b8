import { availableParallelism } from 'node:os';
import { logFormats } from '../log/logger.ts';
import type { LogFormat } from '../log/logger.ts';
import { levels } from '../log/probe-log.ts';
import type { Level } from '../log/probe-log.ts';
import { parseListenAddress } from '../server/listen.ts';
import type { ListenAddress } from '../server/listen.ts';
import type { FlagTable, FlagValues } from './flags.ts';
import { helpText } from './help.ts';

/** How the exporter is asked to serve. */
export interface ServeOptions {
  readonly configFile: string | undefined;
  readonly configCheck: boolean;
  readonly autoReload: boolean;
  /** Seconds; 0 never looks. */
  readonly autoReloadInterval: number;
  /** Seconds. */
  readonly timeoutOffset: number;
  readonly historyLimit: number;
  readonly logLevel: Level;
  readonly logFormat: LogFormat;
  readonly probeLogLevel: Level | 'none';
  readonly probeDebug: boolean;
  /** Undefined: as many as there are descriptors for, within reason. */
  readonly maxInFlight: number | undefined;
  /** Undefined: any number. */
  readonly maxPerHost: number | undefined;
  readonly listenAddresses: readonly ListenAddress[];
  readonly externalUrl: string | undefined;
  readonly routePrefix: string | undefined;
  /** How many processes probe. */
  readonly workers: number;
}

export const serveFlags = {
  help: { short: 'h', help: 'Show this help.' },
  version: { help: 'Show the version.' },
  'config.file': {
    value: '<file>',
    help: 'Configuration file. Without it: clearbox.yml or blackbox.yml of the working folder, else the example that comes with the package.',
  },
  'config.check': { help: 'Check the configuration file and exit.' },
  'config.enable-auto-reload': { help: 'Reload the configuration file when its content changes.' },
  'config.auto-reload-interval': {
    value: '<seconds>',
    default: '30',
    help: 'How often to look whether it has changed.',
  },
  'timeout-offset': { value: '<seconds>', default: '0.5', help: "What to take off a scrape's timeout." },
  'history.limit': {
    value: '<number>',
    default: '100',
    help: 'How many recent probes to keep, and as many failures beyond them.',
  },
  'log.level': { value: '<level>', default: 'info', help: `Least severe level that is logged: ${levels.join(', ')}.` },
  'log.format': { value: '<format>', default: 'logfmt', help: `Format of the log: ${logFormats.join(', ')}.` },
  'log.prober': {
    value: '<level>',
    default: 'info',
    help: `Least severe level at which what probes say is logged: ${levels.join(', ')}, none.`,
  },
  'probe.debug': { default: 'on', help: 'Answer debug=true and /logs.' },
  'probe.max-in-flight': {
    value: '<number>',
    help: 'How many probes may run at once; others are refused by 503. Default: 10000, or as many as the limit of descriptors allows.',
  },
  'probe.max-per-host': {
    value: '<number>',
    help: 'How many of them may be of targets on one host. Default: any number.',
  },
  'web.listen-address': {
    value: '<address>',
    default: ':9115',
    repeatable: true,
    help: 'Address to listen on, like :9115, 127.0.0.1:9115 or [::1]:9115. Can be given several times.',
  },
  'web.external-url': {
    value: '<url>',
    help: 'URL under which the exporter is reached from outside, behind a reverse proxy for one. Its path is the default of --web.route-prefix.',
  },
  'web.route-prefix': { value: '<path>', help: 'Prefix of all routes. Default: the path of --web.external-url.' },
  workers: {
    value: '<number>|auto',
    default: '1',
    help: 'How many processes probe; auto: as many as there are processors.',
  },
  'web.config.file': { value: '<file>', help: 'Not supported yet: configuration file for TLS and authentication.' },
  'web.systemd-socket': { help: 'Not supported yet: take the listening sockets from systemd.' },
} satisfies FlagTable<string>;

/** Reads the flags of the exporter. Throws UsageError. */
export function readServeOptions(flags: FlagValues<keyof typeof serveFlags>): ServeOptions {
  const [extra] = flags.positionals;
  if (extra !== undefined) throw flags.refusal(`Unexpected argument ${JSON.stringify(extra)}`);
  if (flags.text('web.config.file')) throw flags.refusal('--web.config.file is not supported yet');
  if (flags.isOn('web.systemd-socket')) throw flags.refusal('--web.systemd-socket is not supported yet');
  const workers = readWorkers(flags);
  return {
    configFile: flags.text('config.file') || undefined,
    configCheck: flags.isOn('config.check'),
    autoReload: flags.isOn('config.enable-auto-reload'),
    autoReloadInterval: flags.wholeNumber('config.auto-reload-interval'),
    timeoutOffset: flags.decimal('timeout-offset'),
    historyLimit: shareable(flags, 'history.limit', workers, flags.wholeNumber('history.limit')),
    logLevel: flags.oneOf('log.level', levels),
    logFormat: flags.oneOf('log.format', logFormats),
    probeLogLevel: flags.oneOf('log.prober', [...levels, 'none']),
    probeDebug: flags.isOn('probe.debug'),
    maxInFlight: shareable(flags, 'probe.max-in-flight', workers, flags.count('probe.max-in-flight')),
    maxPerHost: shareable(flags, 'probe.max-per-host', workers, flags.count('probe.max-per-host')),
    listenAddresses: flags
      .texts('web.listen-address')
      .map((address) => flags.parsed('web.listen-address', address, parseListenAddress)),
    externalUrl: flags.text('web.external-url') || undefined,
    routePrefix: flags.text('web.route-prefix') || undefined,
    workers,
  };
}

type ServeFlagValues = FlagValues<keyof typeof serveFlags>;

const mostWorkers = 1024;

function readWorkers(flags: ServeFlagValues): number {
  const workers = flags.text('workers') === 'auto' ? availableParallelism() : (flags.count('workers') ?? 1);
  if (workers > mostWorkers) throw flags.mistake('workers', `must be at most ${mostWorkers}`);
  return workers;
}

/** A limit that is shared out among the workers, so that each must get something. */
function shareable<Limit extends number | undefined>(
  flags: ServeFlagValues,
  name: keyof typeof serveFlags,
  workers: number,
  limit: Limit,
): Limit {
  if (limit !== undefined && 0 < limit && limit < workers) {
    throw flags.mistake(name, `${limit} cannot be shared out among ${workers} workers`);
  }
  return limit;
}

/** The text of --help. */
export const serveHelp = helpText(
  'Usage: clearbox_exporter [flags]\n       clearbox_exporter sweep [flags] [FILE]   probe a list of targets; see sweep --help',
  serveFlags,
);
