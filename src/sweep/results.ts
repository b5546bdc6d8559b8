import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, truncate } from 'node:fs/promises';
import { systemReason } from '../log/system-reason.ts';
import { DoneTargets } from './done.ts';
import { readLines } from './lines.ts';
import type { SweepOrder } from './order.ts';
import { Output } from './output.ts';
import { csv, ndjson, type RowFormat } from './row-format.ts';
import type { Row } from './row.ts';
import type { Summary } from './summary.ts';
import type { Target } from './targets.ts';
import { writeTextfile } from './textfile.ts';

/** Where a sweep's rows go, and what an earlier one has left there. */
export class Results {
  readonly summary: Summary;
  readonly #order: SweepOrder;
  readonly #file: string | undefined;
  readonly #format: RowFormat;
  readonly #done: DoneTargets;
  readonly #output: Output;

  private constructor(order: SweepOrder, summary: Summary, done: DoneTargets, output: Output) {
    this.#order = order;
    this.#file = rowsFile(order);
    this.#format = formatOf(order);
    this.summary = summary;
    this.#done = done;
    this.#output = output;
  }

  /** Opens the output; `onError` hears when it takes no more. Throws an Error that names the file. */
  static async open(order: SweepOrder, summary: Summary, onError: () => void): Promise<Results> {
    const file = rowsFile(order);
    const format = formatOf(order);
    const done = new DoneTargets(order.module);
    if (file === undefined) {
      const results = new Results(order, summary, done, new Output(process.stdout, 'standard output', onError));
      await results.#output.write(format.header);
      return results;
    }
    const begun = order.resume && (await readEarlier(file, format, done, summary));
    const stream = createWriteStream(file, { flags: begun ? 'a' : 'w' });
    const results = new Results(order, summary, done, new Output(stream, file, onError));
    await once(stream, 'open').catch(() => {});
    await results.#output.write(begun ? '' : format.header);
    return results;
  }

  /** What of the list is not done yet. Throws an Error when the earlier sweep had another one. */
  async *rest(targets: AsyncIterable<Target>): AsyncGenerator<Target> {
    yield* this.#done.rest(targets, this.#file ?? '');
  }

  /** Takes a row; resolves when there is room for more. Throws an Error that names the output. */
  async add(row: Row): Promise<void> {
    this.summary.add(row);
    await this.#output.write(this.#format.write(row));
  }

  /** Whether nobody reads any more what is written to standard output. */
  get isAbandoned(): boolean {
    return this.#output.isAbandoned;
  }

  /** Resolves when every row is written. Throws an Error that names the output. */
  flush(): Promise<void> {
    return this.#output.flush();
  }

  /** Makes of the rows of a whole sweep what was asked for. Throws an Error that names the output. */
  async finish(): Promise<void> {
    await this.flush();
    const { format, output } = this.#order;
    if (format !== 'textfile' || output === undefined || this.#file === undefined) return;
    try {
      await writeTextfile(this.#file, output);
      await rm(this.#file);
    } catch (error) {
      throw new Error(`Cannot write ${output}: ${systemReason(error)}`, { cause: error });
    }
  }
}

function formatOf({ format }: SweepOrder): RowFormat {
  return format === 'csv' ? csv : ndjson;
}

/** A textfile is made of rows that are kept beside it meanwhile. */
function rowsFile({ format, output }: SweepOrder): string | undefined {
  return output !== undefined && format === 'textfile' ? `${output}.part` : output;
}

/**
 * Reads the rows of an earlier sweep, and cuts off one that was not written to its end. False when there is nothing.
 * Throws an Error that names the file.
 */
async function readEarlier(file: string, format: RowFormat, done: DoneTargets, summary: Summary): Promise<boolean> {
  let number = 0;
  let whole = 0;
  try {
    for await (const { text, end, complete } of readLines(createReadStream(file))) {
      if (!complete) break;
      number += 1;
      whole = end;
      if (number === 1 && format.header !== '') {
        if (`${text}\n` !== format.header) throw new Error('it does not begin as a CSV file of a sweep does');
        continue;
      }
      const row = format.read(text);
      done.add(row);
      summary.add(row);
    }
    await truncate(file, whole);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    const place = number === 0 ? file : `${file}:${number}`;
    throw new Error(`Cannot go on with ${place}: ${systemReason(error)}`, { cause: error });
  }
  return whole > 0;
}
