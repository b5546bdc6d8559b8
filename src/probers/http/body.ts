import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { abortFailure, onAbort, type ProbeSignal } from '../../net/abort.ts';
import { ProbeFailure } from '../../net/failure.ts';
import type { ResponseSink } from './exchange.ts';

/** What a body with checks may be at most, where the module sets no limit of its own. */
export const maxKeptBody = 64 * 1024 * 1024;

export interface BodyOptions {
  readonly compression: Compression | undefined;
  /** Bytes after decompression; undefined for no limit. */
  readonly limit: number | undefined;
  /** Whether the body is kept for checks, and not just counted. */
  readonly keep: boolean;
  /** Whether its CRC-32 is taken. */
  readonly checksum?: boolean;
}

export const compressions = ['gzip', 'br', 'deflate', 'identity', ''] as const;
export type Compression = (typeof compressions)[number];

/** Takes a response's body: decompresses, counts, limits, and keeps it where checks want to see it. */
export class Body implements ResponseSink {
  readonly #options: BodyOptions;
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #decompressor: Transform | undefined;
  #length = 0;
  #checksum = 0;
  #failure: ProbeFailure | undefined;

  constructor(options: BodyOptions) {
    this.#options = options;
    this.#limit = options.limit ?? (options.keep ? maxKeptBody : Infinity);
  }

  /** Bytes received, after decompression. */
  get length(): number {
    return this.#length;
  }

  /** CRC-32 (ISO 3309, as gzip and zip have it) of what was received, after decompression; undefined when it is not taken. */
  get checksum(): number | undefined {
    return this.#options.checksum === true ? this.#checksum : undefined;
  }

  /** What was kept. */
  bytes(): Buffer {
    return this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks);
  }

  answered(): void {}

  start(): void {}

  get wantsMore(): boolean {
    return this.#failure === undefined;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    const decompressor = this.#start(chunk);
    if (decompressor === undefined) {
      this.#take(chunk);
      return undefined;
    }
    return new Promise((settle) => {
      // A decompressor that fails does not answer the write.
      const done = (): void => {
        decompressor.off('close', done);
        settle();
      };
      decompressor.once('close', done).write(chunk, done);
    });
  }

  /**
   * Ends the body, after waiting for what is still being decompressed when it was received `whole`. Returns why it is
   * broken or too large; undefined when all is well.
   */
  async end(whole: boolean, signal: ProbeSignal): Promise<ProbeFailure | undefined> {
    const { compression = 'identity' } = this.#options;
    const decompressor = this.#decompressor;
    if (decompressor !== undefined) {
      if (whole && this.#failure === undefined) await finished(decompressor, signal);
      decompressor.destroy();
    } else if (whole && compression !== '' && compression !== 'identity') {
      this.#failure ??= new ProbeFailure('transfer', 'compression', `The body is empty, and no ${compression}`);
    }
    if (whole && signal.aborted) this.#failure ??= abortFailure(signal, 'transfer');
    return this.#failure;
  }

  #start(chunk: Buffer): Transform | undefined {
    if (this.#decompressor !== undefined) return this.#decompressor;
    const decompressor = decompressorFor(this.#options.compression, chunk);
    if (decompressor === undefined) return undefined;
    decompressor.on('data', (data: Buffer) => this.#take(data));
    decompressor.on('error', (error) => {
      this.#failure ??= compressionFailure(error, this.#options.compression ?? '');
    });
    this.#decompressor = decompressor;
    return decompressor;
  }

  #take(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    const room = this.#limit - this.#length;
    const taken = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#length += taken.length;
    if (this.#options.keep) this.#chunks.push(taken);
    if (this.#options.checksum === true) this.#checksum = zlib.crc32(taken, this.#checksum);
    if (taken === chunk) return;
    this.#failure = new ProbeFailure('transfer', 'too_large', `The body is larger than ${this.#limit} bytes`);
    this.#decompressor?.destroy(this.#failure);
  }
}

function finished(decompressor: Transform, signal: ProbeSignal): Promise<void> {
  return new Promise((settle) => {
    const stop = onAbort(signal, settle);
    const done = (): void => {
      stop();
      settle();
    };
    decompressor.once('end', done).once('error', done).once('close', done).end();
  });
}

/** Deflate comes with a zlib header (RFC 9110) or, against the standard but often, without. */
function decompressorFor(compression: Compression | undefined, first: Buffer): Transform | undefined {
  switch (compression) {
    case 'gzip':
      return zlib.createGunzip();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'deflate':
      return ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
    case 'identity':
    case '':
    case undefined:
      return undefined;
  }
}

function compressionFailure(error: Error, compression: string): ProbeFailure {
  return new ProbeFailure('transfer', 'compression', `The body is no ${compression}: ${error.message}`, {
    cause: error,
  });
}
