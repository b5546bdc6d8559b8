import { revision, version } from '../version.ts';
import { readServeOptions, serveHelp, serveFlags, type ServeOptions } from './serve-options.ts';
import { FlagValues } from './flags.ts';

/** Serve with options, or print a text and leave. */
export type Command = { readonly serve: ServeOptions } | { readonly print: string };

/** Reads the command line, without the program's name. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): Command {
  const flags = new FlagValues(serveFlags, args);
  if (flags.isOn('help')) return { print: serveHelp };
  if (flags.isOn('version')) return { print: versionText() };
  return { serve: readServeOptions(flags) };
}

function versionText(): string {
  return `clearbox_exporter, version ${version} (revision: ${revision}, node: ${process.version}, platform: ${process.platform}/${process.arch})\n`;
}
