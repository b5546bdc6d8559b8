import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** The process's own temporary folder, which goes when the process ends. */
export function temporaryFolder(): string {
  if (folder === undefined) {
    const created = mkdtempSync(join(tmpdir(), 'clearbox-test-'));
    folder = created;
    process.once('exit', () => rmSync(created, { recursive: true, force: true }));
  }
  return folder;
}

/** Writes `content` to a file of the temporary folder; gives its path. */
export function temporaryFile(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
