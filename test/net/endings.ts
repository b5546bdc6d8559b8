import { loadModules } from '../../src/config/modules.ts';
import { runProbe } from '../../src/probe/run.ts';
import { probers } from '../../src/probers/index.ts';
import { batchConfig, type Kind, openTarget } from '../support/probe-batches.ts';
import { type Ending, serveRelay } from '../support/relay.ts';
import type { Lifetime } from '../support/servers.ts';

export interface Closed {
  /** How the probe's connection ended, as its target saw it. */
  readonly ending: Ending;
  readonly success: boolean;
  /** The families about TCP, but for the duration of its phases. */
  readonly families: readonly string[];
}

const { modules } = loadModules(batchConfig, 'test.yml', probers);

/** Runs one probe of each module, `KIND` or `KIND_fin`, and tells how it closed its connection. */
export async function closeEach(
  lifetime: Lifetime,
  kinds: readonly Kind[],
  suffix: '' | '_fin',
): Promise<Record<string, Closed>> {
  const results: Record<string, Closed> = {};
  for (const kind of kinds) results[kind] = await close(lifetime, kind, `${kind}${suffix}`);
  return results;
}

async function close(lifetime: Lifetime, kind: Kind, name: string): Promise<Closed> {
  const { target, port } = await openTarget(lifetime, kind);
  const relay = await serveRelay(lifetime, port);
  const module = modules.get(name);
  if (module === undefined) throw new Error(`there is no module ${name}`);
  const ending = relay.nextEnding();
  const result = await runProbe({
    module,
    target: target.replace(`:${port}`, `:${relay.port}`),
    hostname: undefined,
    timeout: 10,
  });
  const families = result.metrics.render().match(/^probe_tcp_(?!duration)\w+/gm) ?? [];
  return { ending: await ending, success: result.success, families: [...new Set(families)] };
}
