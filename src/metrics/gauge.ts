/** A gauge family of a probe's answer: its name, its HELP text, and the header lines that precede its samples. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly header: string;
  /** The family's place in the order of names; it changes while families are still being declared. */
  readonly rank: number;
  /** Whether its labels are those of a target, so that the probes of a module do not share them. */
  readonly ofTarget: boolean;
}

const declared: { -readonly [Key in keyof Gauge]: Gauge[Key] }[] = [];

/**
 * Declares a gauge family. `help` is one line of plain text; `labels` tells whether its labels are few, or each
 * target's own. Throws Error when the name is taken.
 */
export function gauge(name: string, help: string, labels: 'few' | 'of the target' = 'few'): Gauge {
  if (declared.some((other) => other.name === name)) throw new Error(`The family ${name} is declared twice`);
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const header = `# HELP ${name} ${escaped}\n# TYPE ${name} gauge\n`;
  const family = { name, help, header, rank: 0, ofTarget: labels === 'of the target' };
  declared.push(family);
  declared.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [rank, each] of declared.entries()) each.rank = rank;
  return family;
}

/** All families declared so far, by name. */
export function declaredGauges(): readonly Gauge[] {
  return declared;
}
