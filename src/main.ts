#!/usr/bin/env -S node --max-semi-space-size=8
import { parseCommandLine } from './cli/command-line.ts';
import { UsageError } from './cli/flags.ts';
import type { ServeOptions } from './cli/serve-options.ts';
import { load, openLog } from './instance.ts';
import { surviveBugs, surviveClosedOutput } from './lifecycle.ts';
import { keepMemoryLow } from './memory.ts';
import { servePrimary } from './primary.ts';
import { serve } from './serve.ts';
import { defaultConfigFile, readConfigFile } from './server/configuration.ts';
import type { Configuration } from './server/configuration.ts';
import { sweepCommand } from './sweep-command.ts';
import type { SweepOrder } from './sweep/order.ts';

async function main(): Promise<void> {
  keepMemoryLow();
  surviveClosedOutput();
  const command = parseCommandLine(process.argv.slice(2));
  if ('print' in command) {
    process.stdout.write(command.print);
  } else if ('sweep' in command) {
    await sweep(command.sweep);
  } else if (command.serve.configCheck) {
    await check(command.serve);
  } else {
    await (command.serve.workers === 1 ? serve(command.serve) : servePrimary(command.serve));
  }
}

async function sweep(order: SweepOrder): Promise<void> {
  surviveBugs(openLog({ logLevel: 'error', logFormat: 'logfmt' }));
  const { modules } = await readConfiguration(order.configFile ?? defaultConfigFile());
  process.exit(await sweepCommand(order, modules));
}

async function check(options: ServeOptions): Promise<void> {
  const file = options.configFile ?? defaultConfigFile();
  const { modules } = await readConfiguration(file);
  process.stdout.write(`${file}: ok, ${modules.size} modules\n`);
}

/** Reads a configuration and tells what in it is questionable. Throws an Error with every mistake. */
async function readConfiguration(file: string): Promise<Configuration> {
  const configuration = load(await readConfigFile(file), file);
  for (const warning of configuration.warnings) process.stderr.write(`${warning}\n`);
  return configuration;
}

try {
  await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const prefix = error instanceof UsageError ? 'clearbox_exporter: ' : '';
  process.stderr.write(`${prefix}${message}\n`);
  process.exit(error instanceof UsageError ? error.status : 1);
}
