import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { loadModules } from '../../../src/config/modules.ts';
import { probers } from '../../../src/probers/index.ts';
import { startExporter } from '../../support/exporter.ts';
import { parseExposition, seriesOf } from '../../support/exposition.ts';
import { get } from '../../support/get.ts';
import { client, root } from '../../support/identities.ts';
import { temporaryFile, temporaryFolder } from '../../support/temporary-files.ts';
import { password, token } from './web.ts';

/** The values of a probe's series by their names with labels. */
export type Series = ReadonlyMap<string, number>;

export interface Prober {
  /** Probes with a module; gives what came out, for which further parameters of the URL may ask. */
  probe(module: string, target: string, parameters?: Readonly<Record<string, string>>): Promise<Series>;
  /** The modules that have not been probed with. */
  unused(): string[];
}

const example = new URL('../../../../config.example.yml', import.meta.url);

/** The exporter with config.example.yml as it is, but for the folder of its files, in a system that trusts the tests. */
export async function startProber(t: TestContext): Promise<Prober> {
  const files = {
    'api-token': token,
    password,
    'ca.pem': root.cert,
    'client.pem': client().chain,
    'client.key': client().key,
  };
  for (const [name, content] of Object.entries(files)) temporaryFile(name, content);
  const config = readFileSync(example, 'utf8').replaceAll('/etc/clearbox', temporaryFolder());
  const env = { SSL_CERT_FILE: join(temporaryFolder(), 'ca.pem') };
  const exporter = await startExporter(t, { config, env });
  const unused = new Set(loadModules(config, exporter.configFile, probers).modules.keys());
  return {
    unused: () => [...unused],
    async probe(module, target, parameters = {}) {
      unused.delete(module);
      const url = new URL('/probe', exporter.url);
      url.search = new URLSearchParams({ module, target, ...parameters }).toString();
      const { status, text } = await get(url);
      assert.equal(status, 200, text);
      return new Map([...seriesOf(parseExposition(text))].map(([key, { value }]) => [key, value]));
    },
  };
}

/** The series that a failure of this phase and reason gives. */
export function failure(phase: string, reason: string): string {
  return `probe_failure_info{phase="${phase}",reason="${reason}"}`;
}

/** Asserts that a probe succeeded, and that it has a series like each of these. */
export function assertSuccess(series: Series, ...patterns: readonly RegExp[]): void {
  const shown = show(series);
  assert.equal(series.get('probe_success'), 1, shown);
  for (const pattern of patterns) assert.match(shown, pattern);
}

/** Asserts that a probe failed for this reason. */
export function assertFailure(series: Series, phase: string, reason: string): void {
  assert.equal(series.get('probe_success'), 0, show(series));
  assert.equal(series.get(failure(phase, reason)), 1, show(series));
}

function show(series: Series): string {
  return [...series].map(([key, value]) => `${key} ${value}`).join('\n');
}
