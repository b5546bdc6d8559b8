import { isMap } from 'yaml';
import type { NameResolver } from '../net/resolve.ts';
import type { ConnectionSettings } from '../net/settings.ts';
import { readConnectionSettings } from './connection.ts';
import { quote } from './decode.ts';
import { nearMiss } from './near-miss.ts';
import { type Parameters, readWithParameters } from './parameters.ts';
import { ConfigReader } from './reader.ts';
import { type Retries, readRetries } from './retries.ts';
import { renderMasked } from './render.ts';
import { readResolver } from './resolver.ts';
import { ConfigSource, startOf } from './source.ts';

/** A module of the configuration; `P` is what its prober made of its section. */
export interface ModuleConfig<P> {
  readonly name: string;
  /** The prober's name: http, tcp, ... */
  readonly prober: string;
  /** Milliseconds; undefined when the module has none. */
  readonly timeout: number | undefined;
  readonly connection: ConnectionSettings;
  /** Whether `probe_ip_info` tells the target's address. */
  readonly ipInfo: boolean;
  /** Undefined when a probe is one attempt. */
  readonly retries?: Retries;
  /** How names are looked up; absent when the module does not say. */
  readonly resolver?: NameResolver;
  /** Undefined when the URL can set nothing. */
  readonly parameters?: Parameters;
  readonly probe: P;
  /** The module as YAML, secrets masked. */
  readonly yaml: string;
}

/** A configuration file without a mistake. */
export interface LoadedConfig<P> {
  readonly modules: ReadonlyMap<string, ModuleConfig<P>>;
  /** The file as YAML, secrets masked. */
  readonly yaml: string;
  /** What is allowed, but most likely not meant: one line each, as in a ConfigError. */
  readonly warnings: readonly string[];
}

/** How each prober reads its section, by the prober's name. */
export type ProberRegistry<P> = Readonly<Record<string, (section: ConfigReader) => P>>;

/** The probers of blackbox_exporter: a module may name one that is not in the registry yet. */
const knownProbers = ['http', 'tcp', 'dns', 'icmp', 'grpc', 'unix', 'websocket'];

/** Reads a configuration file. Throws ConfigError with every mistake in it. */
export function loadModules<P>(text: string, file: string, probers: ProberRegistry<P>): LoadedConfig<P> {
  const source = new ConfigSource(text, file);
  const root = readRoot(source);
  const modules = new Map<string, ModuleConfig<P>>();
  for (const [name, section] of root.sections('modules')) {
    const module = readModule(name, section, probers);
    if (module !== undefined) {
      modules.set(
        name,
        lazily(module, () => section.render()),
      );
    }
  }
  root.finish();
  source.throwMistakes();
  if (modules.size === 0) {
    root.warn(undefined, 'there are no modules: no target can be probed');
  }
  return lazily({ modules, warnings: source.warnings }, () => renderMasked(source, source.root));
}

function readRoot(source: ConfigSource): ConfigReader {
  const { root } = source;
  if (root === undefined) {
    source.mistake(0, '', 'the file is empty: it must have modules');
  } else if (!isMap(root)) {
    source.mistake(startOf(root), '', 'must be a mapping with the key modules');
  }
  source.throwMistakes();
  return new ConfigReader(source, isMap(root) ? root : undefined, 0);
}

function readModule<P>(
  name: string,
  section: ConfigReader,
  probers: ProberRegistry<P>,
): Omit<ModuleConfig<P>, 'yaml'> | undefined {
  const prober = readProber(section, probers);
  const timeout = section.duration('timeout') || undefined;
  const connection = readConnectionSettings(section.section('connection'));
  const ipInfo = section.boolean('ip_info', false);
  const resolver = readResolver(section.section('resolver'));
  refuseUnused(section, { prober, connection, ipInfo });
  const retries = section.has('retries') ? readRetries(section.section('retries')) : undefined;
  const { parameters, probe } = readWithParameters(section, (declared) => ({
    ...(declared !== undefined && { parameters: declared }),
    probe: readProbe(section, prober, probers),
  }));
  return prober === undefined || probe === undefined
    ? undefined
    : {
        name,
        prober,
        timeout,
        connection,
        ipInfo,
        ...(resolver !== undefined && { resolver }),
        ...(retries !== undefined && { retries }),
        ...(parameters !== undefined && { parameters }),
        probe: probe.made,
      };
}

/** What the prober makes of its section; the sections of others are read for their mistakes. */
function readProbe<P>(
  section: ConfigReader,
  prober: string | undefined,
  probers: ProberRegistry<P>,
): { readonly made: P } | undefined {
  let probe: { readonly made: P } | undefined;
  for (const [other, read] of Object.entries(probers)) {
    if (other === prober) {
      probe = { made: read(section.section(other)) };
    } else if (section.has(other)) {
      read(section.section(other));
      section.warn(other, `not used: the prober of this module is ${prober ?? 'missing'}`);
    }
  }
  for (const other of knownProbers) {
    if (!Object.hasOwn(probers, other) && section.has(other) && other !== section.string('prober')) {
      section.fail(other, `prober ${other} is not supported yet`);
    }
  }
  return probe;
}

/** Why the targets of some probers have no address. */
const withoutAddress: ReadonlyMap<string | undefined, string> = new Map([
  ['unix', 'a unix socket has no IP address'],
  ['tls_file', 'a file has no IP address'],
]);

/** Refuses what is about connections, or about addresses, where there are none. */
function refuseUnused(
  section: ConfigReader,
  { prober, connection, ipInfo }: Pick<ModuleConfig<unknown>, 'connection' | 'ipInfo'> & { prober: string | undefined },
): void {
  const why = withoutAddress.get(prober);
  if (why === undefined) return;
  if (prober === 'tls_file' && section.has('connection')) section.fail('connection', 'a file is read without one');
  else if (connection.sourceAddress !== undefined) section.section('connection').fail('source_ip_address', why);
  if (ipInfo) section.fail('ip_info', why);
  if (section.has('resolver')) section.fail('resolver', why);
}

function readProber(section: ConfigReader, probers: ProberRegistry<unknown>): string | undefined {
  const names = Object.keys(probers);
  const prober = section.string('prober', '');
  if (Object.hasOwn(probers, prober)) {
    return prober;
  }
  if (prober === '') {
    section.fail(section.has('prober') ? 'prober' : undefined, `prober must be one of ${names.join(', ')}`);
  } else if (knownProbers.includes(prober)) {
    section.fail('prober', `prober ${prober} is not supported yet`);
  } else {
    const meant = nearMiss(prober, names);
    const hint = meant === undefined ? `must be one of ${names.join(', ')}` : `did you mean ${meant}?`;
    section.fail('prober', `${quote(prober)} is no prober: ${hint}`);
  }
  return undefined;
}

/** Adds `yaml`, rendered when it is first asked for. */
function lazily<T extends object>(value: T, render: () => string): T & { readonly yaml: string } {
  let yaml: string | undefined;
  return {
    ...value,
    get yaml() {
      return (yaml ??= render());
    },
  };
}
