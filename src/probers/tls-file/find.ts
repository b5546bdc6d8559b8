import { opendir, realpath, stat } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { errorCode } from '../../net/error-reason.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { badTarget } from '../../net/target.ts';
import { isPattern, segmentMatcher } from './glob.ts';
import type { TlsFileOptions } from './options.ts';

/** How many names of folders are looked at. */
const maxNames = 20_000;

export interface Found {
  /** Sorted, at most `maxFiles`. */
  readonly files: readonly string[];
  /** Whether there are more. */
  readonly more: boolean;
}

/**
 * The files that a path, or a pattern, names. Throws ProbeFailure: in phase `admission` when it is no absolute path or
 * leads out of the allowed ones, in phase `resolve` when it names nothing.
 */
export async function findFiles(target: string, options: TlsFileOptions): Promise<Found> {
  const segments = segmentsOf(target);
  const first = segments.findIndex(isPattern);
  const fixed = first === -1 ? segments : segments.slice(0, first);
  const start = sep + fixed.join(sep);
  if (!isWithin(start, options.allowedPaths)) throw denied(start);
  const real = await realPaths(options.allowedPaths);
  let paths = [start];
  let looked = 0;
  for (const segment of segments.slice(fixed.length)) {
    const next: string[] = [];
    const fits = isPattern(segment) ? segmentMatcher(segment) : undefined;
    for (const path of paths) {
      if (fits === undefined) next.push(join(path, segment));
      else
        for await (const name of namesIn(path, real)) {
          if (++looked > maxNames) throw tooMany(`The folders have more than ${maxNames} names`);
          if (fits(name)) next.push(join(path, name));
        }
    }
    paths = next;
  }
  return await existing(paths.toSorted(), first !== -1, real, options.maxFiles);
}

/** Of the paths those that are there; a pattern takes files alone, and names nothing when there is none. */
async function existing(
  paths: readonly string[],
  byPattern: boolean,
  allowed: readonly string[],
  maxFiles: number,
): Promise<Found> {
  const files: string[] = [];
  for (const path of paths) {
    if (byPattern && !(await isFile(path))) continue;
    if (files.length === maxFiles) return { files, more: true };
    await checkRealPath(path, allowed);
    files.push(path);
  }
  if (files.length === 0) throw new ProbeFailure('resolve', 'not_found', 'No file fits the pattern');
  return { files, more: false };
}

function segmentsOf(target: string): string[] {
  if (!target.startsWith(sep)) throw badTarget('The target must be an absolute path, such as /etc/ssl/certs/*.pem');
  if (target.includes('\0')) throw badTarget('A path cannot hold a NUL');
  const segments = target.split(sep).filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) throw badTarget('The target may not have .. in it');
  if (segments.includes('**')) throw badTarget('** is not known: give one * for each folder');
  return segments;
}

async function* namesIn(folder: string, allowed: readonly string[]): AsyncGenerator<string> {
  try {
    await checkRealPath(folder, allowed);
    for await (const { name } of await opendir(folder)) yield name;
  } catch (error) {
    // A pattern does not fit what is no folder, as in a shell.
    const reason = error instanceof ProbeFailure ? error.reason : errorCode(error);
    if (reason !== 'ENOTDIR' && reason !== 'not_found') throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true; // A link to nowhere is told, not left out.
    throw error;
  }
}

/** Symbolic links may lead only to where a target may. */
async function checkRealPath(path: string, allowed: readonly string[]): Promise<void> {
  let real: string;
  try {
    real = await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new ProbeFailure('resolve', 'not_found', `There is no ${path}`, { cause: error });
  }
  if (!isWithin(real, allowed)) throw denied(path, real);
}

async function realPaths(paths: readonly string[]): Promise<string[]> {
  const settled = await Promise.allSettled(paths.map((path) => realpath(path)));
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder === sep ? sep : folder + sep));
}

function denied(path: string, real = path): ProbeFailure {
  const where = normalize(path) === real ? path : `${path}, which is ${real},`;
  return new ProbeFailure('admission', 'denied_by_policy', `${where} is not below allowed_paths`);
}

function tooMany(message: string): ProbeFailure {
  return new ProbeFailure('resolve', 'too_large', message);
}
