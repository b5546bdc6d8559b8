import type { Gauge } from './gauge.ts';
import { type Labels, labelText } from './labels.ts';
import { Layout } from './layout.ts';

export interface Sample {
  readonly family: Gauge;
  /** As `labelText` gives them. */
  readonly labels: string;
  /** In the family's unit. */
  readonly value: number;
}

/**
 * The samples of one probe.
 * Rendering gives the text exposition (0.0.4), or OpenMetrics 1.0.0, with families and labels sorted by name.
 */
export class ProbeMetrics {
  readonly #values: number[] = [];
  #layout: Layout;
  /** Those with labels of the target's own. */
  readonly #ofTarget: { -readonly [Key in keyof Sample]: Sample[Key] }[] = [];

  /** `start` is shared by the probes that set the same samples: those of one module. */
  constructor(start = new Layout()) {
    this.#layout = start;
  }

  /** Sets one sample; `value` in the family's unit; `labels` as pairs, or as `labelText` gives them. */
  set(family: Gauge, value: number, labels: Labels | string = ''): void {
    this.#put(family, value, labels, false);
  }

  /** Adds to one sample, which counts from 0. */
  add(family: Gauge, value: number, labels: Labels | string = ''): void {
    this.#put(family, value, labels, true);
  }

  /** Every sample. */
  *samples(): Generator<Sample> {
    for (const { family, labels, index } of this.#layout.slots) {
      yield { family, labels, value: this.#values[index] ?? 0 };
    }
    yield* this.#ofTarget;
  }

  /** How many samples there are. */
  get size(): number {
    return this.#values.length + this.#ofTarget.length;
  }

  /** The exposition as text; OpenMetrics adds its `# EOF`. */
  render(format: 'text' | 'openmetrics' = 'text'): string {
    const others = this.#ofTarget.length === 0 ? [] : this.#ofTarget.toSorted(bySample);
    let rendered = '';
    let at = 0;
    const renderOthers = (below: number): void => {
      for (let other = others[at]; other !== undefined && other.family.rank < below; other = others[++at]) {
        const { family, labels, value } = other;
        const header = others[at - 1]?.family === family ? '' : family.header;
        rendered += `${header}${family.name}${labels} ${formatValue(value)}\n`;
      }
    };
    for (const { index, rank, text } of this.#layout.places) {
      if (at < others.length) renderOthers(rank);
      rendered += `${text}${formatValue(this.#values[index] as number)}\n`;
    }
    renderOthers(Infinity);
    return format === 'openmetrics' ? `${rendered}# EOF\n` : rendered;
  }

  /** Sets a sample, which is made when there is none, or adds to it. */
  #put(family: Gauge, value: number, labels: Labels | string, adds: boolean): void {
    const text = typeof labels === 'string' ? labels : labelText(labels);
    if (family.ofTarget) {
      const known = this.#ofTarget.find((sample) => sample.family === family && sample.labels === text);
      if (known === undefined) this.#ofTarget.push({ family, labels: text, value });
      else known.value = adds ? known.value + value : value;
      return;
    }
    const next = this.#layout.next(family, text);
    const index = next === undefined ? this.#layout.indexOf(family, text) : -1;
    if (index < 0) {
      this.#layout = next ?? this.#layout.with(family, text);
      this.#values.push(value);
    } else {
      this.#values[index] = adds ? (this.#values[index] ?? 0) + value : value;
    }
  }
}

function bySample(a: Sample, b: Sample): number {
  return a.family.rank - b.family.rank || (a.labels < b.labels ? -1 : 1);
}

/** Nanoseconds are the finest that anything here is measured in: further digits would be noise. */
function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(Number.isInteger(value) ? value : Math.round(value * 1e9) / 1e9);
}
