import { fileURLToPath } from 'node:url';
import { startChild, type Child } from './child.ts';
import type { Lifetime } from './servers.ts';
import { temporaryFile } from './temporary-files.ts';

export interface Exporter {
  readonly child: Child;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly configFile: string;
}

export interface ExporterOptions {
  /** The configuration file's text. */
  readonly config: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Words to put before the command, `ip netns exec NAME` for one. */
  readonly prefix?: readonly string[];
  readonly host?: string;
  /** The Node that runs it; without it the one of the test. */
  readonly node?: string;
}

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
let started = 0;

/** What `npm start` and the image give to Node: a fifth of the memory under load is saved so, for hardly any time. */
export const nodeFlags = ['--max-semi-space-size=8'];

/** Starts the exporter that was built beside this test, on a free port, and waits until it listens. */
export function startExporter(lifetime: Lifetime, options: ExporterOptions): Promise<Exporter> {
  return start(lifetime, [options.node ?? process.execPath, ...nodeFlags, main], options);
}

/** Starts blackbox_exporter from `program` on a free port, and waits until it listens. */
export function startPeer(lifetime: Lifetime, program: string, options: ExporterOptions): Promise<Exporter> {
  return start(lifetime, [program], options);
}

async function start(lifetime: Lifetime, command: readonly string[], options: ExporterOptions): Promise<Exporter> {
  started += 1;
  const configFile = temporaryFile(`exporter-${started}.yml`, options.config);
  const [program = '', ...words] = [...(options.prefix ?? []), ...command];
  const flags = [
    `--web.listen-address=${options.host ?? '127.0.0.1'}:0`,
    `--config.file=${configFile}`,
    ...(options.flags ?? []),
  ];
  const child = startChild(
    lifetime,
    program,
    [...words, ...flags],
    options.env === undefined ? {} : { env: options.env },
  );
  // The port is chosen by the kernel and read from the log, so that no other process can take it in between.
  const [, address] = await child.waitFor(/Listening on"?,? .*?address"?[=:]"?([\d.]+:\d+)/);
  return { child, url: `http://${address}`, configFile };
}
