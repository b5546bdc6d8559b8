import type { Gauge } from './gauge.ts';
import { type Labels, labelText } from './labels.ts';

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

  #order(): number[] {
    const rank = (index: number): number => this.#families[index]?.rank ?? 0;
    const labels = (index: number): string => this.#labels[index] ?? '';
    return [...this.#families.keys()].sort((a, b) => rank(a) - rank(b) || (labels(a) < labels(b) ? -1 : 1));
  }
}

function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}
