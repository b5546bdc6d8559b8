import { createHash } from 'node:crypto';
import { maskUserinfo } from '../probe/history.ts';
import type { Row } from './row.ts';
import type { Target } from './targets.ts';

const modulus = 2 ** 48;

/** More targets than any sweep has in hand. */
const mostOpen = 1_000_000;

/**
 * Which targets an earlier sweep has done, from its rows in the order in which they were written. Only those that were
 * open when others had ended are remembered one by one, and these are as few as it had in hand.
 */
export class DoneTargets {
  readonly #module: string;
  readonly #open = new Set<number>();
  #last = 0;
  /** Of what was probed: a sum, since rows have another order than the list. */
  #digest = 0;

  constructor(module: string) {
    this.#module = module;
  }

  /** Takes a row of the earlier sweep. Throws an Error when no sweep by this module writes it. */
  add({ number, target, module }: Row): void {
    if (module !== this.#module) throw new Error(`it was made by the module ${module}`);
    if (number > this.#last + mostOpen) throw new Error(`it lacks the targets before ${number}`);
    if (number <= this.#last && !this.#open.has(number)) throw new Error(`it has target ${number} twice`);
    for (; this.#last < number; this.#last += 1) this.#open.add(this.#last + 1);
    this.#open.delete(number);
    this.#digest = (this.#digest + digest(number, target)) % modulus;
  }

  /**
   * What of the list is left. Throws an Error that names `file`, which has the rows, before it gives anything when the
   * list is not the one of the earlier sweep.
   */
  async *rest(targets: AsyncIterable<Target>, file: string): AsyncGenerator<Target> {
    const left: Target[] = [];
    let seen = 0;
    let last = 0;
    for await (const each of targets) {
      last = each.number;
      if (last > this.#last) {
        yield each;
        continue;
      }
      if (this.#open.has(last)) left.push(each);
      else seen = (seen + digest(last, maskUserinfo(each.target))) % modulus;
      if (last < this.#last) continue;
      if (seen !== this.#digest) {
        throw new Error(`Cannot go on with ${file}: it was made from another list, or with another --target`);
      }
      yield* left;
    }
    if (last < this.#last) throw new Error(`Cannot go on with ${file}: it was made from a longer list`);
  }
}

function digest(number: number, target: string): number {
  return createHash('sha1').update(`${number} ${target}`).digest().readUIntBE(0, 6);
}
