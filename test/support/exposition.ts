export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  help?: string;
  type?: string;
  readonly samples: Sample[];
}

/** Reads the text exposition format 0.0.4, and OpenMetrics as far as gauges go; throws on a line that is neither. */
export function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const family = (name: string): Family => {
    const known = families.get(name);
    if (known !== undefined) return known;
    const created: Family = { name, samples: [] };
    families.set(name, created);
    return created;
  };
  for (const line of text.split('\n')) {
    if (line === '' || line === '# EOF') continue;
    const comment = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') family(name).help = rest;
      else family(name).type = rest;
      continue;
    }
    const sample = parseSample(line);
    familyOf(families, sample.name, family).samples.push(sample);
  }
  return families;
}

/** A sample's name and sorted labels, as an exposition writes them. */
export function seriesKey(sample: Sample): string {
  const labels = Object.entries(sample.labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (labels.length === 0) return sample.name;
  return `${sample.name}{${labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`;
}

/** Every sample of an exposition by its series. */
export function seriesOf(families: ReadonlyMap<string, Family>): Map<string, Sample> {
  const series = new Map<string, Sample>();
  for (const { samples } of families.values()) {
    for (const sample of samples) {
      const key = seriesKey(sample);
      if (series.has(key)) throw new Error(`the exposition has ${key} twice`);
      series.set(key, sample);
    }
  }
  return series;
}

function familyOf(families: ReadonlyMap<string, Family>, sample: string, create: (name: string) => Family): Family {
  for (const suffix of ['', '_total', '_bucket', '_count', '_sum', '_created']) {
    const known = sample.endsWith(suffix) ? families.get(sample.slice(0, sample.length - suffix.length)) : undefined;
    if (known !== undefined) return known;
  }
  return create(sample);
}

function parseSample(line: string): Sample {
  const parts = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (parts === null) throw new Error(`not a line of an exposition: ${line}`);
  const [, name = '', labels = '', value = ''] = parts;
  return { name, labels: parseLabels(labels, line), value: parseValue(value, line) };
}

const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/y;

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const found = label.exec(text);
    if (found === null) throw new Error(`not the labels of an exposition: ${line}`);
    const [, name = '', value = ''] = found;
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

function parseValue(text: string, line: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  if (text === 'NaN') return NaN;
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`not a value of an exposition: ${line}`);
  return value;
}
