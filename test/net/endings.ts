import { loadModules } from '../../src/config/modules.ts';
import { type ProbeResult, runProbe } from '../../src/probe/run.ts';
import { probers } from '../../src/probers/index.ts';
import { serveBadly } from '../support/hostile-servers.ts';
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
  const ending = relay.nextEnding();
  const result = await probe(name, target.replace(`:${port}`, `:${relay.port}`));
  const families = result.metrics.render().match(/^probe_tcp_(?!duration)\w+/gm) ?? [];
  return { ending: await ending, success: result.success, families: [...new Set(families)] };
}

function probe(name: string, target: string): Promise<ProbeResult> {
  const module = modules.get(name);
  if (module === undefined) throw new Error(`there is no module ${name}`);
  return runProbe({ module, target, hostname: undefined, timeout: 10 });
}

const underTls: readonly (readonly [kind: Kind, alpn: string, scheme: string])[] = [
  ['https', 'http/1.1', 'https://'],
  ['https_h2', 'h2', 'https://'],
  ['tcp_tls', 'none', ''],
];

/** The reasons of probes whose server ends the connection as soon as TLS stands. */
export async function reasonsOfEnds(lifetime: Lifetime): Promise<Record<string, string | undefined>> {
  const found: Record<string, string | undefined> = {};
  for (const [kind, alpn, scheme] of underTls) {
    const hostility = { misbehaviour: 'closes at once', tls: true, alpn, startTls: false } as const;
    const { address } = await serveBadly(lifetime, hostility);
    const { failure } = await probe(kind, `${scheme}${address}`);
    found[kind] = failure?.reason;
  }
  return found;
}
