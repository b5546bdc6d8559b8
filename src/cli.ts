import { parseArgs } from 'node:util';
import { logFormats } from './log/logger.ts';
import type { LogFormat } from './log/logger.ts';
import { levels } from './log/probe-log.ts';
import type { Level } from './log/probe-log.ts';
import { parseListenAddress } from './server/listen.ts';
import type { ListenAddress } from './server/listen.ts';
import { revision, version } from './version.ts';

/** What the command line asks for. */
export interface Options {
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
  readonly listenAddresses: readonly ListenAddress[];
  readonly externalUrl: string | undefined;
  readonly routePrefix: string | undefined;
}

/** Run with options, or print a text and leave. */
export type Command = { readonly run: Options } | { readonly print: string };

/** A command line that cannot be obeyed; the message is one line. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message}; try --help`);
    this.name = 'UsageError';
  }
}

interface Flag {
  readonly help: string;
  /** What stands for the value in the help; a flag without is switched on, or off by --no-. */
  readonly value?: string;
  /** As shown in the help. */
  readonly default?: string;
  readonly short?: string;
  readonly repeatable?: true;
}

const flags = {
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
  'web.config.file': { value: '<file>', help: 'Not supported yet: configuration file for TLS and authentication.' },
  'web.systemd-socket': { help: 'Not supported yet: take the listening sockets from systemd.' },
} satisfies Record<string, Flag>;

type FlagName = keyof typeof flags;
type Values = ReadonlyMap<FlagName, readonly (string | boolean)[]>;

/** Reads the command line, without the program's name. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): Command {
  const values = readFlags(args);
  if (isOn(values, 'help')) return { print: helpText() };
  if (isOn(values, 'version')) return { print: versionText() };
  if (text(values, 'web.config.file')) throw new UsageError('--web.config.file is not supported yet');
  if (isOn(values, 'web.systemd-socket')) throw new UsageError('--web.systemd-socket is not supported yet');
  return {
    run: {
      configFile: text(values, 'config.file') || undefined,
      configCheck: isOn(values, 'config.check'),
      autoReload: isOn(values, 'config.enable-auto-reload'),
      autoReloadInterval: wholeNumber(values, 'config.auto-reload-interval'),
      timeoutOffset: decimal(values, 'timeout-offset'),
      historyLimit: wholeNumber(values, 'history.limit'),
      logLevel: oneOf(values, 'log.level', levels),
      logFormat: oneOf(values, 'log.format', logFormats),
      probeLogLevel: oneOf(values, 'log.prober', [...levels, 'none']),
      probeDebug: isOn(values, 'probe.debug'),
      listenAddresses: listenAddresses(values),
      externalUrl: text(values, 'web.external-url') || undefined,
      routePrefix: text(values, 'web.route-prefix') || undefined,
    },
  };
}

/** Every flag that was given, with its values in order. */
function readFlags(args: readonly string[]): Values {
  const names = Object.keys(flags) as FlagName[];
  const options = Object.fromEntries(
    names.map((name) => {
      const { value, short }: Flag = flags[name];
      return [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) } as const,
      ];
    }),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<FlagName, (string | boolean)[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') throw new UsageError(`Unexpected argument ${JSON.stringify(token.value)}`);
    if (token.kind === 'option-terminator') continue;
    const [name, value] = readFlag(token.name, token.rawName, token.value, token.inlineValue === true);
    const flag: Flag = flags[name];
    const given = values.get(name) ?? [];
    if (given.length > 0 && flag.repeatable === undefined) throw new UsageError(`--${name} is given twice`);
    values.set(name, [...given, value]);
  }
  return values;
}

function readFlag(
  given: string,
  raw: string,
  value: string | undefined,
  inline: boolean,
): [FlagName, string | boolean] {
  const negated = raw.startsWith('--no-') && !isFlag(given);
  const name = negated ? given.slice('no-'.length) : given;
  if (!isFlag(name)) throw new UsageError(`Unknown flag ${raw}`);
  const flag: Flag = flags[name];
  if (flag.value === undefined) {
    if (value !== undefined) throw new UsageError(`${raw} takes no value; --no-${name} switches it off`);
    return [name, !negated];
  }
  if (negated) throw new UsageError(`Unknown flag ${raw}`);
  if (value === undefined || (!inline && value.startsWith('--'))) throw new UsageError(`${raw} needs a value`);
  return [name, value];
}

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(flags, name);
}

function isOn(values: Values, name: FlagName): boolean {
  const flag: Flag = flags[name];
  return (values.get(name)?.[0] ?? flag.default === 'on') === true;
}

function text(values: Values, name: FlagName): string {
  const flag: Flag = flags[name];
  return String(values.get(name)?.[0] ?? flag.default ?? '');
}

function decimal(values: Values, name: FlagName): number {
  const given = text(values, name);
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(given) ? Number(given) : Number.NaN;
  if (!Number.isFinite(number)) throw new UsageError(`--${name}: ${JSON.stringify(given)} is not a number`);
  return number;
}

function wholeNumber(values: Values, name: FlagName): number {
  const given = text(values, name);
  const number = Number(given);
  if (!/^\d+$/.test(given) || !Number.isSafeInteger(number)) {
    throw new UsageError(`--${name}: ${JSON.stringify(given)} is not a whole number`);
  }
  return number;
}

function oneOf<T extends string>(values: Values, name: FlagName, choices: readonly T[]): T {
  const given = text(values, name);
  const choice = choices.find((known) => known === given.toLowerCase());
  if (choice === undefined)
    throw new UsageError(`--${name}: ${JSON.stringify(given)} is none of ${choices.join(', ')}`);
  return choice;
}

function listenAddresses(values: Values): ListenAddress[] {
  const given = values.get('web.listen-address') ?? [flags['web.listen-address'].default];
  return given.map((address) => {
    try {
      return parseListenAddress(String(address));
    } catch (error) {
      throw new UsageError(`--web.listen-address: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

function versionText(): string {
  return `clearbox_exporter, version ${version} (revision: ${revision}, node: ${process.version}, platform: ${process.platform}/${process.arch})\n`;
}

const helpIndent = 30;
const helpWidth = 100;

function helpText(): string {
  const entries = Object.entries<Flag>(flags).map(([name, flag]) => helpEntry(name, flag));
  return `Usage: clearbox_exporter [flags]\n\nA flag takes its value as --flag=value or --flag value.\n\n${entries.join('')}`;
}

function helpEntry(name: string, flag: Flag): string {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  const shown = flag.value === undefined && flag.short === undefined && name !== 'version' ? `[no-]${name}` : name;
  const head = `  ${short}--${shown}${flag.value === undefined ? '' : `=${flag.value}`}`;
  const help = flag.default === undefined ? flag.help : `${flag.help} Default: ${flag.default}.`;
  const [first = '', ...rest] = wrap(help, helpWidth - helpIndent);
  const indent = ' '.repeat(helpIndent);
  const opening = head.length < helpIndent - 1 ? head.padEnd(helpIndent) + first : `${head}\n${indent}${first}`;
  return [opening, ...rest.map((line) => indent + line)].map((line) => `${line}\n`).join('');
}

function wrap(words: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
