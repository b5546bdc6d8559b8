#!/usr/bin/env node
import { parseCommandLine } from './cli/command-line.ts';
import { UsageError } from './cli/flags.ts';
import type { ServeOptions } from './cli/serve-options.ts';
import { load } from './instance.ts';
import { surviveClosedOutput } from './lifecycle.ts';
import { serve } from './serve.ts';
import { defaultConfigFile, readConfigFile } from './server/configuration.ts';

async function main(): Promise<void> {
  surviveClosedOutput();
  const command = parseCommandLine(process.argv.slice(2));
  if ('print' in command) {
    process.stdout.write(command.print);
  } else if (command.serve.configCheck) {
    await check(command.serve);
  } else {
    await serve(command.serve);
  }
}

async function check(options: ServeOptions): Promise<void> {
  const file = options.configFile ?? defaultConfigFile();
  const { modules, warnings } = load(await readConfigFile(file), file);
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  process.stdout.write(`${file}: ok, ${modules.size} modules\n`);
}

try {
  await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const prefix = error instanceof UsageError ? 'clearbox_exporter: ' : '';
  process.stderr.write(`${prefix}${message}\n`);
  process.exit(1);
}
