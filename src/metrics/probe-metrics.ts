import type { Gauge } from './gauge.ts';
import { type Labels, labelText } from './labels.ts';

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
  // Three flat lists: the history keeps many of these objects, and many small ones in each would burden the collector.
  readonly #families: Gauge[] = [];
  readonly #labels: string[] = [];
  readonly #values: number[] = [];

  /** Sets one sample; `value` in the family's unit; `labels` as pairs, or as `labelText` gives them. */
  set(family: Gauge, value: number, labels: Labels | string = ''): void {
    this.#values[this.#indexOf(family, labels)] = value;
  }

  /** Adds to one sample, which counts from 0. */
  add(family: Gauge, value: number, labels: Labels | string = ''): void {
    const index = this.#indexOf(family, labels);
    this.#values[index] = (this.#values[index] ?? 0) + value;
  }

  /** Every sample, in the order in which they were first set. */
  *samples(): Generator<Sample> {
    for (const [index, family] of this.#families.entries()) {
      yield { family, labels: this.#labels[index] ?? '', value: this.#values[index] ?? 0 };
    }
  }

  /** How many samples there are. */
  get size(): number {
    return this.#values.length;
  }

  /** The exposition as text; OpenMetrics adds its `# EOF`. */
  render(format: 'text' | 'openmetrics' = 'text'): string {
    let text = '';
    let previous: Gauge | undefined;
    for (const index of this.#order()) {
      const family = this.#families[index] as Gauge;
      if (family !== previous) text += family.header;
      previous = family;
      text += `${family.name}${this.#labels[index]} ${formatValue(this.#values[index] as number)}\n`;
    }
    return format === 'openmetrics' ? `${text}# EOF\n` : text;
  }

  /** The place of a sample, made when it has none: there are too few for anything but a look at each. */
  #indexOf(family: Gauge, labels: Labels | string): number {
    const text = typeof labels === 'string' ? labels : labelText(labels);
    for (let index = this.#families.length - 1; index >= 0; index--) {
      if (this.#families[index] === family && this.#labels[index] === text) return index;
    }
    this.#labels.push(text);
    this.#values.push(0);
    return this.#families.push(family) - 1;
  }

  /** The samples' places by family and labels: one number a sample, since numbers are sorted without a call for each pair. */
  #order(): Uint32Array {
    const keys = Uint32Array.from(this.#families, ({ rank }, index) => rank * maxSamples + index).sort();
    for (let start = 0; start < keys.length;) {
      const rank = rankOf(keys[start]);
      let end = start + 1;
      while (end < keys.length && rankOf(keys[end]) === rank) end++;
      if (end - start > 1) keys.subarray(start, end).sort((a, b) => this.#compareLabels(a, b));
      start = end;
    }
    return keys.map((key) => key % maxSamples);
  }

  #compareLabels(a: number, b: number): number {
    return (this.#labels[a % maxSamples] ?? '') < (this.#labels[b % maxSamples] ?? '') ? -1 : 1;
  }
}

/** More samples than any probe has. */
const maxSamples = 1 << 16;

function rankOf(key = 0): number {
  return Math.floor(key / maxSamples);
}

/** Nanoseconds are the finest that anything here is measured in: further digits would be noise. */
function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(Number.isInteger(value) ? value : Math.round(value * 1e9) / 1e9);
}
