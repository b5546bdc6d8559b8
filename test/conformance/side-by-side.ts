import { loadModules } from '../../src/config/modules.ts';
import { probers } from '../../src/probers/index.ts';
import type { Exporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { get } from '../support/get.ts';
import type { Lifetime } from '../support/servers.ts';
import { differences, type Difference, type Outcome } from './compare.ts';
import type { Opened, ProbeCase } from './probe-case.ts';

/** Both exporters, with one configuration of the modules of every case. */
export interface Sides {
  readonly peer: Exporter;
  readonly ours: Exporter;
}

/** The modules of every case by name, for one configuration. */
export class Modules {
  readonly #names = new Map<string, string>([['{"prober":"http"}', 'http_2xx']]);

  add(module: object | string): string {
    const text = typeof module === 'string' ? module : JSON.stringify(module);
    const name = this.#names.get(text) ?? `module_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }

  /** The configuration of all modules but those left out. */
  config(leftOut: ReadonlyMap<string, string> = new Map()): string {
    const modules = [...this.#names].filter(([, name]) => !leftOut.has(name));
    return `modules:\n${modules.map(([text, name]) => `  ${name}:\n${indent(text)}\n`).join('')}`;
  }

  /** Why our loader refuses a module, by its name, so that one refusal does not fail every case. */
  refusals(): ReadonlyMap<string, string> {
    const refusals = new Map<string, string>();
    for (const [text, name] of this.#names) {
      try {
        loadModules(`modules:\n  ${name}:\n${indent(text)}\n`, 'config.yml', probers);
      } catch (error) {
        refusals.set(name, String(error));
      }
    }
    return refusals;
  }
}

/** What ends a probe that would go on for ever; cases with headers of their own do without. */
const defaultHeaders = { 'X-Prometheus-Scrape-Timeout-Seconds': '10' };

/** Probes the target of a case with the peer, then with ours, and compares. */
export async function probeBoth(
  lifetime: Lifetime,
  sides: Sides,
  { target, query, headers = defaultHeaders }: ProbeCase,
  moduleName: string | undefined,
): Promise<{ readonly peer: Outcome; readonly ours: Outcome; readonly found: Difference[] }> {
  const opened = typeof target === 'function' ? await target(lifetime) : target === undefined ? undefined : { target };
  const parameters = new URLSearchParams({
    ...(moduleName === undefined ? {} : { module: moduleName }),
    ...(opened === undefined ? {} : { target: opened.target }),
    ...query,
  }).toString();
  const peer = await probe(`${sides.peer.url}/probe?${parameters}`, headers, opened);
  const ours = await probe(`${sides.ours.url}/probe?${parameters}`, headers, opened);
  return { peer, ours, found: differences(peer, ours) };
}

async function probe(
  url: string,
  headers: Readonly<Record<string, string>>,
  opened: Opened | undefined,
): Promise<Outcome> {
  const answer = await get(url, headers).catch(() => undefined);
  const seen = (await opened?.seen?.()) ?? [];
  if (answer === undefined) return { status: 0, families: new Map(), seen };
  const families = answer.status === 200 ? parseExposition(answer.text) : new Map();
  return { status: answer.status, families, seen };
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}
