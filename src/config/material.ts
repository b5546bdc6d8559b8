import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Material } from '../net/settings.ts';

/** A text that stands in the configuration itself. */
export class TextMaterial implements Material {
  readonly description: string;
  readonly #text: string;

  /** `description` says where the text stands. */
  constructor(text: string, description: string) {
    this.#text = text;
    this.description = description;
  }

  read(): string {
    return this.#text;
  }
}

/** The most that a file with a secret or a certificate may hold, in bytes. */
const maxFileSize = 1024 * 1024;

/** How long a file must have been left alone for its times to tell any further change, in milliseconds. */
const settled = 2000n;

/** Opening a pipe must not wait for its writer. Windows has no such flag. */
const nonBlocking = constants.O_NONBLOCK ?? 0;

/** A text in a file, without the white space around it. The file is read again when it has changed. */
export class FileMaterial implements Material {
  readonly description: string;
  readonly #path: string;
  #text = '';
  #identity: string | undefined;

  /** `key` is the key of the configuration that names the file. */
  constructor(path: string, key: string) {
    this.#path = path;
    this.description = `${key} ${path}`;
  }

  /** Throws an Error that names the file when it cannot be read, is no regular file, or is larger than 1 MiB. */
  read(): string {
    if (this.#identity === undefined || this.#identity !== identityOf(statSync(this.#path, { bigint: true }))) {
      this.#load();
    }
    return this.#text;
  }

  #load(): void {
    const descriptor = openSync(this.#path, constants.O_RDONLY | nonBlocking);
    try {
      const stats = fstatSync(descriptor, { bigint: true });
      if (!stats.isFile()) {
        throw new Error(`${this.#path} is no regular file`);
      }
      this.#text = readBounded(descriptor, this.#path).trim();
      this.#identity = isSettled(stats) ? identityOf(stats) : undefined;
    } finally {
      closeSync(descriptor);
    }
  }
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** Whether a further change would show in the file's times, whose grain may be coarse. */
function isSettled({ ctimeMs }: BigIntStats): boolean {
  return BigInt(Date.now()) - ctimeMs > settled;
}

function readBounded(descriptor: number, path: string): string {
  const buffer = Buffer.allocUnsafe(maxFileSize + 1);
  let length = 0;
  for (let got = -1; got !== 0 && length < buffer.length; length += got) {
    got = readSync(descriptor, buffer, length, buffer.length - length, null);
  }
  if (length > maxFileSize) {
    throw new Error(`${path} is larger than ${maxFileSize} bytes`);
  }
  return buffer.toString('utf8', 0, length);
}
