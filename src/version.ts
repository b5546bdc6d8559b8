import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the installed package: the nearest one above this file that holds a package.json. */
export const packageFolder = findPackageFolder(dirname(fileURLToPath(import.meta.url)));

const manifest = readManifest();

/** The package's version, as in 1.2.3. */
export const version = manifest.version;

/** The commit that the package was built from, `unknown` when its manifest does not say. */
export const revision = manifest.revision;

function findPackageFolder(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('Cannot find the package.json of clearbox-exporter');
  return findPackageFolder(parent);
}

function readManifest(): { version: string; revision: string } {
  const parsed: unknown = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  return { version: field(parsed, 'version'), revision: field(parsed, 'gitHead') };
}

function field(manifestObject: unknown, name: string): string {
  if (typeof manifestObject !== 'object' || manifestObject === null) return 'unknown';
  const value: unknown = Reflect.get(manifestObject, name);
  return typeof value === 'string' && value !== '' ? value : 'unknown';
}

/** What the probers call themselves: first as the peer does, so that rules for its name go on holding. */
export const userAgent = `Blackbox-Exporter/0.28.0 Clearbox-Exporter/${version}`;
