import type { Gauge } from './gauge.ts';

/** One sample of an exposition: where its value stands, and the text that goes before it. */
export interface Place {
  readonly index: number;
  readonly rank: number;
  /** The family's header where this is its first sample, its name and labels, and a space. */
  readonly text: string;
}

/** Which sample it is, and where its value stands. */
export interface Slot {
  readonly family: Gauge;
  readonly labels: string;
  readonly index: number;
}

/**
 * Which samples a probe has, in the order in which they were set, but for those with a target's own labels. Probes of a
 * module set mostly the same ones, so each layout remembers the one that came next last time, and what was sorted and
 * put into words once serves them all.
 */
export class Layout {
  readonly size: number;
  readonly #previous: Layout | undefined;
  readonly #family: Gauge | undefined;
  readonly #labels: string;
  #next: Layout | undefined;
  #places: readonly Place[] | undefined;

  /** Without arguments: the layout of no sample. */
  constructor(previous?: Layout, family?: Gauge, labels = '') {
    this.#previous = previous;
    this.#family = family;
    this.#labels = labels;
    this.size = previous === undefined ? 0 : previous.size + 1;
  }

  /** Where a sample's value stands; -1 when there is no such sample. There are too few for anything but a look at each. */
  indexOf(family: Gauge, labels: string): number {
    return Layout.#search(this, family, labels);
  }

  /** The layout with one more sample, if that is the one which came next last time. */
  next(family: Gauge, labels: string): Layout | undefined {
    const next = this.#next;
    return next !== undefined && next.#family === family && next.#labels === labels ? next : undefined;
  }

  /** The layout with one more sample, which it does not have. */
  with(family: Gauge, labels: string): Layout {
    return (this.#next = new Layout(this, family, labels));
  }

  /** The samples in the order in which they were set. */
  get slots(): Slot[] {
    return Layout.#slots(this);
  }

  /** The samples by name of the family, then by labels. */
  get places(): readonly Place[] {
    return (this.#places ??= this.#sort());
  }

  static #search(from: Layout | undefined, family: Gauge, labels: string): number {
    for (let layout = from; layout !== undefined; layout = layout.#previous) {
      if (layout.#family === family && layout.#labels === labels) return layout.size - 1;
    }
    return -1;
  }

  static #slots(last: Layout): Slot[] {
    const slots: Slot[] = [];
    for (let layout: Layout | undefined = last; layout !== undefined; layout = layout.#previous) {
      const family = layout.#family;
      if (family !== undefined) slots.push({ family, labels: layout.#labels, index: layout.size - 1 });
    }
    return slots.reverse();
  }

  #sort(): Place[] {
    const slots = this.slots;
    slots.sort((a, b) => a.family.rank - b.family.rank || (a.labels < b.labels ? -1 : 1));
    return slots.map(({ family, labels, index }, at) => {
      const header = slots[at - 1]?.family === family ? '' : family.header;
      return { index, rank: family.rank, text: `${header}${family.name}${labels} ` };
    });
  }
}
