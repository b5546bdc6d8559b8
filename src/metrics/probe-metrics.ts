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

  /** `start` is shared by the probes that set the same samples: those of one module. */
  constructor(start = new Layout()) {
    this.#layout = start;
  }

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
    for (const { family, labels, index } of this.#layout.slots)
      yield { family, labels, value: this.#values[index] ?? 0 };
  }

  /** How many samples there are. */
  get size(): number {
    return this.#values.length;
  }

  /** The exposition as text; OpenMetrics adds its `# EOF`. */
  render(format: 'text' | 'openmetrics' = 'text'): string {
    let rendered = '';
    for (const { index, text } of this.#layout.places) {
      rendered += `${text}${formatValue(this.#values[index] as number)}\n`;
    }
    return format === 'openmetrics' ? `${rendered}# EOF\n` : rendered;
  }

  /** The place of a sample, made when it has none. */
  #indexOf(family: Gauge, labels: Labels | string): number {
    const text = typeof labels === 'string' ? labels : labelText(labels);
    const index = this.#layout.indexOf(family, text);
    if (index >= 0) return index;
    this.#layout = this.#layout.with(family, text);
    return this.#values.push(0) - 1;
  }
}

/** Nanoseconds are the finest that anything here is measured in: further digits would be noise. */
function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(Number.isInteger(value) ? value : Math.round(value * 1e9) / 1e9);
}
