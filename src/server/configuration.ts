import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../log/logger.ts';
import { systemReason } from '../log/system-reason.ts';
import type { Module } from '../probe/context.ts';
import { packageFolder } from '../version.ts';

/** A configuration that was accepted. */
export interface Configuration {
  readonly modules: ReadonlyMap<string, Module>;
  /** The file's text, secrets masked. */
  readonly yaml: string;
  readonly warnings: readonly string[];
}

/** Reads a configuration; throws an Error whose message has one line for every mistake. */
export type Load = (text: string, file: string) => Configuration;

/**
 * Has everybody else who uses the configuration take a new text into use. Rejects with an Error whose message has one line
 * for every reason when somebody refuses; then nobody has.
 */
export type Agreement = (text: string, file: string) => Promise<void>;

export interface ConfigurationStoreOptions {
  readonly file: string;
  readonly load: Load;
  readonly logger: Logger;
  /** Hears whether a file was accepted. */
  readonly onLoaded: (accepted: boolean) => void;
  readonly agree?: Agreement | undefined;
}

/** The mistakes of a configuration that was refused; undefined when it was accepted. */
export type Refusal = string | undefined;

const empty: Configuration = { modules: new Map(), yaml: '', warnings: [] };

/** The configuration in use. A file that is refused changes nothing. */
export class ConfigurationStore {
  readonly #options: ConfigurationStoreOptions;
  #current = empty;
  #text = '';
  /** What the last attempt saw, so that a check for changes tries nothing twice. */
  #lastSeen: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigurationStoreOptions) {
    this.#options = options;
  }

  get current(): Configuration {
    return this.#current;
  }

  /** The text of the configuration in use. */
  get text(): string {
    return this.#text;
  }

  get file(): string {
    return this.#options.file;
  }

  /** Resolves when no attempt is under way. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  /** Reads the file and takes it into use, unless it is refused. */
  reload(): Promise<Refusal> {
    return this.#takeTurn(() => this.#attempt(false));
  }

  /** The same, but only when the file is not what the last attempt saw. */
  reloadIfChanged(): Promise<Refusal> {
    return this.#takeTurn(() => this.#attempt(true));
  }

  /** Attempts run one after the other, so that an older content never replaces a newer one. */
  #takeTurn(attempt: () => Promise<Refusal>): Promise<Refusal> {
    const result = this.#turn.then(attempt);
    this.#turn = result;
    return result;
  }

  async #attempt(onlyIfChanged: boolean): Promise<Refusal> {
    const { file, load, logger, onLoaded, agree } = this.#options;
    let seen = '';
    try {
      const text = await readConfigFile(file).catch((error: unknown) => {
        seen = messageOf(error);
        throw error;
      });
      seen = text;
      if (onlyIfChanged && seen === this.#lastSeen) return undefined;
      const loaded = load(text, file);
      await agree?.(text, file);
      this.#current = loaded;
      this.#text = text;
    } catch (error) {
      if (onlyIfChanged && seen === this.#lastSeen) return undefined;
      this.#lastSeen = seen;
      onLoaded(false);
      const reason = messageOf(error);
      for (const line of reason.split('\n')) logger.error('Error loading the configuration', { err: line });
      return reason;
    }
    this.#lastSeen = seen;
    onLoaded(true);
    logger.info('Loaded the configuration', { file, modules: this.#current.modules.size });
    for (const warning of this.#current.warnings) logger.warn('Questionable configuration', { warning });
    return undefined;
  }
}

/** The text of a configuration file. Throws an Error of one line that names it. */
export async function readConfigFile(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    throw new Error(`Cannot read the configuration file ${file}: ${systemReason(error)}`, { cause: error });
  }
}

/** The file to use when none is named: one in the working folder, else the example that comes with the package. */
export function defaultConfigFile(): string {
  const names = ['clearbox.yml', 'blackbox.yml'];
  return names.find((name) => existsSync(name)) ?? join(packageFolder, 'config.example.yml');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
