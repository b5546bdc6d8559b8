/** Label names and values of one sample. */
export type Labels = Readonly<Record<string, string>>;

/** Labels as they stand behind a name in the exposition: `{a="1",b="2"}`, sorted by name; empty for none. */
export function labelText(labels: Labels): string {
  const names = Object.keys(labels);
  if (names.length === 0) return '';
  if (names.length > 1) names.sort();
  return `{${names.map((name) => `${name}="${escapeLabelValue(labels[name] ?? '')}"`).join(',')}}`;
}

/** The texts of the labels that differ only in the value of `name`, made once for samples that every probe has. */
export function labelTexts<Value extends string>(
  name: string,
  values: readonly Value[],
): Readonly<Record<Value, string>> {
  const texts = values.map((value) => [value, labelText({ [name]: value })]);
  return Object.fromEntries(texts) as Record<Value, string>;
}

const needsEscape = /[\\"\n]/;

function escapeLabelValue(value: string): string {
  if (!needsEscape.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
