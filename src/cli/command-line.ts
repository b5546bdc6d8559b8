import { revision, version } from '../version.ts';
import { readServeOptions, serveHelp, serveFlags, type ServeOptions } from './serve-options.ts';
import { FlagValues } from './flags.ts';
import type { SweepOrder } from '../sweep/order.ts';
import { readSweepOrder, sweepFlags, sweepHelp } from './sweep-options.ts';

/** Serve, or sweep a list, with options; or print a text and leave. */
export type Command = { readonly serve: ServeOptions } | { readonly sweep: SweepOrder } | { readonly print: string };

/** Reads the command line, without the program's name. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): Command {
  if (args[0] === 'sweep') return parseSweep(args.slice(1));
  const flags = new FlagValues(serveFlags, args);
  if (flags.isOn('help')) return { print: serveHelp };
  if (flags.isOn('version')) return { print: versionText() };
  return { serve: readServeOptions(flags) };
}

function parseSweep(args: readonly string[]): Command {
  const flags = new FlagValues(sweepFlags, args, { help: 'sweep --help', status: 2 });
  return flags.isOn('help') ? { print: sweepHelp } : { sweep: readSweepOrder(flags) };
}

function versionText(): string {
  return `clearbox_exporter, version ${version} (revision: ${revision}, node: ${process.version}, platform: ${process.platform}/${process.arch})\n`;
}
