import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runChild, startChild } from '../../support/child.ts';
import { eventually } from '../../support/eventually.ts';
import { valid } from '../../support/identities.ts';
import { findTool, type Tool, unavailable } from '../../support/peers-available.ts';

/** A running server of some other project, with a port for each name that was asked for. */
export interface RealServer<Port extends string> {
  readonly ports: Readonly<Record<Port, number>>;
  readonly folder: string;
  stop(): Promise<void>;
}

/** Where a server that is about to start finds its files. */
export interface Scene<Port extends string> {
  /** The path of the program that `tool` is, without symbolic links. */
  readonly program: string;
  readonly ports: Readonly<Record<Port, number>>;
  /** A folder of its own, which every user may enter. */
  readonly folder: string;
  /** A certificate for localhost and 127.0.0.1 with those above it. */
  readonly cert: string;
  /** Its key, which `user` alone may read. */
  readonly key: string;
  /** Writes a file below the folder; gives its path. */
  readonly write: (name: string, content: string) => string;
  /** Makes a folder that belongs to `user`, or to root; gives its path. */
  readonly makeFolder: (name: string, owner?: 'user' | 'root') => string;
}

export interface ServerRecipe<Port extends string> {
  readonly tool: Tool;
  readonly ports: readonly Port[];
  /** Whom its files belong to; root without it. */
  readonly user?: string;
  /** Whether `user` has to start it, as it does not run as root. */
  readonly asUser?: boolean;
  /** The program to start when it is not `tool`. */
  readonly command?: string;
  /** Writes its files; gives its flags. */
  readonly prepare: (scene: Scene<Port>) => Promise<readonly string[]> | readonly string[];
}

/** Starts a server in a folder of its own, and waits until its ports take connections; undefined if that is skipped. */
export async function startServer<Port extends string>(
  t: TestContext,
  recipe: ServerRecipe<Port>,
): Promise<RealServer<Port> | undefined> {
  const program = findTool(t, recipe.tool);
  if (program === undefined) return undefined;
  if (process.getuid?.() !== 0) {
    unavailable(t, `${recipe.tool} needs root, to change to its own user`);
    return undefined;
  }
  const scene = await setScene(t, recipe, realpathSync(program));
  const flags = await recipe.prepare(scene);
  const prefix = recipe.user !== undefined && recipe.asUser === true ? become(recipe.user) : [];
  const [command = '', ...words] = [...prefix, recipe.command ?? program, ...flags];
  const child = startChild(t, command, words, { cwd: scene.folder });
  let gone: string | undefined;
  void child.ended.then((status) => (gone = `${recipe.tool} ended (${status}):\n${child.output()}`));
  for (const port of Object.values<number>(scene.ports)) {
    await eventually(async () => {
      if (gone === undefined) await connectOnce(port);
    });
    if (gone !== undefined) throw new Error(gone);
  }
  return { ports: scene.ports, folder: scene.folder, stop: () => child.stop() };
}

/** The words before a command that `user` is to run. */
export function become(user: string): string[] {
  return ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'];
}

/** Runs a program to its end; throws when it fails. */
export async function run(command: readonly string[]): Promise<void> {
  const [program = '', ...flags] = command;
  const { status, output } = await runChild(program, flags);
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${output}`);
}

async function setScene<Port extends string>(
  t: TestContext,
  recipe: ServerRecipe<Port>,
  program: string,
): Promise<Scene<Port>> {
  const folder = mkdtempSync(join(tmpdir(), `clearbox-${recipe.tool}-`));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const owner = await idsOf(recipe.user);
  const give = (path: string): string => {
    chownSync(path, owner.uid, owner.gid);
    return path;
  };
  const write = (name: string, content: string, mode = 0o644): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode });
    return path;
  };
  return {
    program,
    folder,
    ports: await freePorts(recipe.ports),
    cert: write('server.pem', valid().chain),
    key: give(write('server.key', valid().key, 0o600)),
    write,
    makeFolder(name, whose = 'user') {
      const path = join(folder, name);
      mkdirSync(path);
      return whose === 'user' ? give(path) : path;
    },
  };
}

async function idsOf(user = 'root'): Promise<{ readonly uid: number; readonly gid: number }> {
  const { status, output } = await runChild('getent', ['passwd', user]);
  const [, , uid, gid] = output.split(':');
  if (status !== 0 || uid === undefined || gid === undefined) throw new Error(`there is no user ${user}`);
  return { uid: Number(uid), gid: Number(gid) };
}

// Below the ports that the kernel hands out (net.ipv4.ip_local_port_range), so that no other test is given them.
const firstPort = 12_000;
const portCount = 18_000;

async function freePorts<Port extends string>(names: readonly Port[]): Promise<Record<Port, number>> {
  const ports: Partial<Record<Port, number>> = {};
  for (const name of names) ports[name] = await freePort();
  return ports as Record<Port, number>;
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    const server = createServer();
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue; // It is taken.
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}

async function connectOnce(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
