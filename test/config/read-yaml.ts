import { isMap } from 'yaml';
import { ConfigReader } from '../../src/config/reader.ts';
import { ConfigSource } from '../../src/config/source.ts';
import { ConfigError } from '../../src/config/errors.ts';

/** Reads a document with `read`; unknown keys count as mistakes. Throws ConfigError. */
export function readYaml<T>(yaml: string, read: (root: ConfigReader) => T): T {
  const source = new ConfigSource(yaml, 'test.yml');
  const root = new ConfigReader(source, isMap(source.root) ? source.root : undefined, 0);
  const value = read(root);
  root.finish();
  source.throwMistakes();
  return value;
}

/** The lines of the ConfigError that `read` ends with, without the file's name. */
export function mistakesIn(yaml: string, read: (root: ConfigReader) => unknown): string[] {
  return mistakesOf(() => readYaml(yaml, read)).map((line) => line.replace('test.yml:', ''));
}

/** The lines of the ConfigError that `load` ends with; none when it does not. */
export function mistakesOf(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}
