import { systemReason } from '../log/system-reason.ts';
import { type Line, readLines } from './lines.ts';

/** A target of the list. */
export interface Target {
  /** Its place among the targets, from 1. */
  readonly number: number;
  readonly target: string;
}

const byteOrderMark = /^\uFEFF/;

/** The targets of a list: one a line, but for blank lines and those that begin with `#`. */
export class TargetList {
  readonly #stream: AsyncIterable<Buffer>;
  readonly #name: string;
  readonly #template: string;
  #bytesRead = 0;

  /** In `template` every `{}` stands for what is on the line. */
  constructor(stream: AsyncIterable<Buffer>, name: string, template = '{}') {
    this.#name = name;
    this.#stream = stream;
    this.#template = template;
  }

  /** How far the list has been read. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** The targets in turn. Throws an Error that names the list when it cannot be read. */
  async *targets(): AsyncGenerator<Target> {
    let number = 0;
    for await (const { text, end } of this.#lines()) {
      this.#bytesRead = end;
      const name = text.replace(byteOrderMark, '').trim();
      if (name === '' || name.startsWith('#')) continue;
      number += 1;
      yield { number, target: this.#template.replaceAll('{}', () => name) };
    }
  }

  async *#lines(): AsyncGenerator<Line> {
    try {
      yield* readLines(this.#stream);
    } catch (error) {
      throw new Error(`Cannot read ${this.#name}: ${systemReason(error)}`, { cause: error });
    }
  }
}
