import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

const names = {
  blackbox_exporter: ['prometheus-blackbox-exporter', 'blackbox_exporter'],
  prometheus: ['prometheus'],
  promtool: ['promtool'],
  ss: ['ss'],
  ip: ['ip'],
  nft: ['nft'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  dovecot: ['dovecot'],
  mariadbd: ['mariadbd'],
  memcached: ['memcached'],
  mosquitto: ['mosquitto'],
  named: ['named'],
  nginx: ['nginx'],
  ngircd: ['ngircd'],
  openssl: ['openssl'],
  postfix: ['postfix'],
  postgres: ['postgres'],
  prosody: ['prosody'],
  'redis-server': ['redis-server'],
  slapd: ['slapd'],
  sshd: ['sshd'],
  vsftpd: ['vsftpd'],
  wrk: ['wrk'],
  zookeeper: ['zkServer.sh'],
} as const;

export type Tool = keyof typeof names;

/**
 * The path of a program that a test needs: below `$PEER_DIR` (itself, or its usr/bin), else on `$PATH`.
 * Without it the test is skipped, but for a CI run, where it throws; undefined means skipped.
 */
export function findTool(t: TestContext, tool: Tool): string | undefined {
  const path = findProgram(tool);
  if (path === undefined) unavailable(t, `${tool} was found neither in $PEER_DIR nor on $PATH`);
  return path;
}

/** Skips the test for `reason`; in a CI run, where nothing may be missing, throws it. */
export function unavailable(t: TestContext, reason: string): void {
  if (process.env['CI'] !== undefined) throw new Error(reason);
  t.skip(reason);
}

/** The path of a program: below `$PEER_DIR` (itself, or its usr/bin), else on `$PATH`, else where packages put it. */
export function findProgram(tool: Tool): string | undefined {
  const peers = process.env['PEER_DIR'];
  const folders = peers === undefined ? [] : [peers, join(peers, 'usr/bin')];
  folders.push(...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', ...packageFolders());
  for (const folder of folders) {
    for (const name of names[tool]) {
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

/** Where Debian puts programs of a package that has several versions, or no command of its own. */
function packageFolders(): string[] {
  const postgresql = '/usr/lib/postgresql';
  const versions = existsSync(postgresql) ? readdirSync(postgresql) : [];
  return [...versions.map((version) => join(postgresql, version, 'bin')), '/usr/share/zookeeper/bin'];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
