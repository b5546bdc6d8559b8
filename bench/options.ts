import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** A Node to measure with. */
export interface Node {
  readonly path: string;
  /** As 26.10.0. */
  readonly version: string;
}

/** What the command lines of the three benchmarks have in common. */
export interface Options {
  /** How long a measurement takes, in seconds. */
  readonly seconds: number;
  readonly rounds: number;
  /** The cases to run; all when empty. */
  readonly only: readonly string[];
  /** The running Node and those asked for, the newest last. */
  readonly nodes: readonly Node[];
  /** With how many workers the newest Node is measured as well; below 2 not at all. */
  readonly workers: number;
  /** How long the soak takes, in seconds. */
  readonly soak: number;
  /** Whether the run is only to show that it works. */
  readonly quick: boolean;
  /** Whether `bench/RESULTS.md` and the sizing guide take the figures. */
  readonly write: boolean;
}

const help = `Options:
  --seconds=N    how long one measurement takes, in whole seconds (3)
  --rounds=N     how many rounds (3)
  --only=A,B     only these cases
  --node=PATH    measure on this Node as well; can be given several times
  --node26       measure on the newest Node 26 as well, which npx fetches
  --workers=N    measure the newest Node with so many workers as well (2); 1: do not
  --soak=N       how long the soak of bench:growth takes, in seconds (600)
  --quick        one round of 1 second each, a soak of 2, few sizes
  --write        put the figures into bench/RESULTS.md and docs/scaling.md
`;

/** Reads a command line; `--help` prints and ends the process. Throws when it cannot be understood. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string', default: '' },
      node: { type: 'string', multiple: true, default: [] },
      node26: { type: 'boolean', default: false },
      workers: { type: 'string', default: '2' },
      soak: { type: 'string' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  const { quick } = values;
  const paths = values.node26 ? [...values.node, fetchNode26()] : values.node;
  return {
    seconds: wholeNumber('seconds', values.seconds ?? (quick ? '1' : '3')),
    rounds: wholeNumber('rounds', values.rounds ?? (quick ? '1' : '3')),
    only: values.only.split(',').filter((name) => name !== ''),
    nodes: distinctNodes(paths),
    workers: wholeNumber('workers', values.workers),
    soak: wholeNumber('soak', values.soak ?? (quick ? '2' : '600')),
    quick,
    write: values.write,
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name}: ${JSON.stringify(text)} is no whole number above 0`);
  return Number(text);
}

/** Those of `names` that are asked for by `only`. Throws when there is none of that name. */
export function chosen<T extends { readonly name: string }>(all: readonly T[], only: readonly string[]): readonly T[] {
  for (const name of only) {
    if (!all.some((one) => one.name === name)) {
      throw new Error(`--only: ${name} is none of ${all.map((one) => one.name).join(', ')}`);
    }
  }
  return only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
}

function distinctNodes(paths: readonly string[]): Node[] {
  const nodes = [{ path: process.execPath, version: process.versions.node }];
  for (const path of paths) {
    const version = execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
    if (!nodes.some((known) => known.version === version)) nodes.push({ path, version });
  }
  return nodes.sort((one, other) => one.version.localeCompare(other.version, 'en', { numeric: true }));
}

function fetchNode26(): string {
  return execFileSync('npx', ['-y', '-p', 'node@26', 'node', '-p', 'process.execPath'], { encoding: 'utf8' }).trim();
}
