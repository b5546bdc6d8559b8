/** A table in Markdown; cells that are numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(3, name.length, ...rows.map((row) => (row[i] ?? '').length)));
  const isNumber = head.map((_, i) =>
    rows.every((row) => /^(?:[\d.,]+( (?:us|ms|MB|kB|\/ \d+))?|-)$/.test(row[i] ?? '')),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (isNumber[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (isNumber[i] === true ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [head, rule, ...rows].map((cells) => `${line(cells)}\n`).join('');
}
