import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ConfigError } from '../../src/config/errors.ts';
import { loadModules } from '../../src/config/modules.ts';
import type { ConfigReader } from '../../src/config/reader.ts';
import { probers } from '../../src/probers/index.ts';

const documented = new Set(
  readFileSync('docs/configuration.md', 'utf8')
    .split('\n')
    .flatMap((line) => /^\| `([a-z0-9_]+)` \|/.exec(line)?.[1] ?? []),
);

for (const name of Object.keys(probers) as (keyof typeof probers)[]) {
  test(`every key that ${name} reads is in the reference`, () => {
    const keys = new Set<string>();
    const spied = (section: ConfigReader): unknown => probers[name](spy(section, keys));
    try {
      loadModules(`modules: {m: {prober: ${name}, ${name}: {}}}`, 'a.yml', { [name]: spied });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error; // Keys may be missing: they were asked for all the same.
    }
    assert.ok(keys.size > 2, `only ${[...keys].join()} were read`);
    assert.deepEqual(
      [...keys].filter((key) => !documented.has(key) && !key.endsWith('_ref')),
      [],
    );
  });
}

/** Notes every key that is asked for, also in the entries of lists, of which it shows one that is empty. */
function spy(reader: ConfigReader, keys: Set<string>): ConfigReader {
  return new Proxy(reader, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        for (const key of keysOf(String(property), given)) keys.add(key);
        if (property === 'list') return showEntry(target, keys, given[1] as (entry: ConfigReader) => unknown);
        const result: unknown = value.apply(target, given);
        return property === 'section' ? spy(result as ConfigReader, keys) : result;
      };
    },
  });
}

function keysOf(method: string, given: readonly unknown[]): string[] {
  const keyed =
    method === 'material'
      ? given.slice(0, 2)
      : ['keys', 'fail', 'warn', 'render', 'finish'].includes(method)
        ? []
        : given.slice(0, 1);
  return keyed.filter((key) => typeof key === 'string');
}

function showEntry(target: ConfigReader, keys: Set<string>, read: (entry: ConfigReader) => unknown): unknown[] {
  read(spy(target.section('an empty one'), keys));
  return [];
}
