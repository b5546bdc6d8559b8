import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Logger } from '../../src/log/logger.ts';
import { ConfigurationStore, defaultConfigFile } from '../../src/server/configuration.ts';
import type { Configuration } from '../../src/server/configuration.ts';
import { temporaryFolder } from '../support/temporary-files.ts';

let count = 0;

/** A store whose files are accepted unless they say `bad`, and what it did. */
function storeWith(text: string) {
  count += 1;
  const file = join(temporaryFolder(), `store-${count}.yml`);
  const logged: string[] = [];
  const accepted: boolean[] = [];
  const loads: string[] = [];
  const load = (content: string): Configuration => {
    loads.push(content);
    if (content.startsWith('bad')) throw new Error('x.yml:1:1: first mistake\nx.yml:2:1: second mistake');
    return { modules: new Map(), yaml: content, warnings: content.startsWith('odd') ? ['x.yml:1:1: odd'] : [] };
  };
  const store = new ConfigurationStore({
    file,
    load,
    logger: new Logger({ level: 'info', format: 'logfmt', write: (line) => logged.push(line) }),
    onLoaded: (each) => accepted.push(each),
  });
  writeFileSync(file, text);
  return { store, file, logged, accepted, loads };
}

test('a file that is accepted is taken into use', async () => {
  const { store, accepted, logged } = storeWith('odd');
  assert.equal(await store.reload(), undefined);
  assert.equal(store.current.yaml, 'odd');
  assert.deepEqual(accepted, [true]);
  assert.match(logged.join(''), /level=WARN .*x\.yml:1:1: odd/);
});

test('a file that is refused changes nothing, and every mistake is logged', async () => {
  const { store, file, accepted, logged } = storeWith('good');
  await store.reload();
  writeFileSync(file, 'bad');
  assert.equal(await store.reload(), 'x.yml:1:1: first mistake\nx.yml:2:1: second mistake');
  assert.equal(store.current.yaml, 'good');
  assert.deepEqual(accepted, [true, false]);
  assert.equal(logged.filter((line) => line.includes('level=ERROR')).length, 2);
});

test('a file that cannot be read is told in one line', async () => {
  const { store, file } = storeWith('good');
  rmSync(file);
  assert.equal(await store.reload(), `Cannot read the configuration file ${file}: no such file or directory`);
});

test('an unchanged file is loaded again only when that is asked for', async () => {
  const { store, file, loads, accepted } = storeWith('good');
  await store.reload();
  await store.reloadIfChanged();
  assert.deepEqual(loads, ['good']);
  await store.reload();
  assert.deepEqual(loads, ['good', 'good']);
  writeFileSync(file, 'better');
  await store.reloadIfChanged();
  assert.equal(store.current.yaml, 'better');
  assert.deepEqual(accepted, [true, true, true]);
});

test('a refused or missing file is told once, until it changes', async () => {
  const { store, file, logged } = storeWith('good');
  await store.reload();
  const errors = (): number => logged.filter((line) => line.includes('level=ERROR')).length;
  writeFileSync(file, 'bad');
  await store.reloadIfChanged();
  await store.reloadIfChanged();
  assert.equal(errors(), 2);
  rmSync(file);
  await store.reloadIfChanged();
  await store.reloadIfChanged();
  assert.equal(errors(), 3);
  writeFileSync(file, 'good');
  await store.reloadIfChanged();
  assert.equal(errors(), 3);
  assert.equal(store.current.yaml, 'good');
});

test('reloads asked for at the same time run one after the other', async () => {
  const { store, loads } = storeWith('good');
  await Promise.all([store.reload(), store.reloadIfChanged(), store.reload()]);
  assert.deepEqual(loads, ['good', 'good']);
});

test('without a file in the working folder the example of the package is used', () => {
  assert.match(defaultConfigFile(), /config\.example\.yml$/);
});
