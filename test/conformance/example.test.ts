import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../../src/config/errors.ts';
import { loadModules } from '../../src/config/modules.ts';
import { probers } from '../../src/probers/index.ts';
import { unavailable } from '../support/peers-available.ts';

const example = new URL('../../../config.example.yml', import.meta.url);

test('the file that comes with blackbox_exporter loads, but for HTTP/3', (t) => {
  const file = join(process.env['PEER_DIR'] ?? '/', 'etc/prometheus/blackbox.yml');
  if (!existsSync(file)) {
    unavailable(t, `${file} is missing: it is part of Debian's package prometheus-blackbox-exporter`);
    return;
  }
  const text = readFileSync(file, 'utf8');
  const { modules: ours } = loadModules(readFileSync(example, 'utf8'), 'config.example.yml', probers);

  for (const line of complaintsOf(text, file))
    assert.match(line, /modules\.http_3xx\.http\.(enable_http3|valid_http_versions): /);

  const { modules, warnings } = loadModules(text.replace(/^ {2}http_3xx:\n(?: {4}.*\n|\s*\n)*/m, ''), file, probers);
  assert.deepEqual(warnings, []);
  assert.ok(modules.size >= 10, [...modules.keys()].join());
  for (const [name, { prober }] of modules) {
    assert.equal(ours.get(name)?.prober, prober, `config.example.yml has no module ${name} of the prober ${prober}`);
  }
});

test('the example loads without a warning', () => {
  const { modules, warnings } = loadModules(readFileSync(example, 'utf8'), 'config.example.yml', probers);
  assert.deepEqual(warnings, []);
  const used = new Set([...modules.values()].map(({ prober }) => prober));
  assert.deepEqual([...used].toSorted(), Object.keys(probers).toSorted());
});

function complaintsOf(text: string, file: string): string[] {
  try {
    loadModules(text, file, probers);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
}
