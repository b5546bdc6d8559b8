import { readFileSync, writeFileSync } from 'node:fs';

/** Puts `body` between the comments that mark the section `name`. Throws when the text has no such section. */
export function replaceSection(text: string, name: string, body: string): string {
  const [begin, end] = [`<!-- ${name}: written by the benchmark -->\n`, `<!-- end of ${name} -->\n`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`There is no section ${name} to write to`);
  return `${text.slice(0, from + begin.length)}\n${body.trim()}\n\n${text.slice(to)}`;
}

/** Does so in a file of the checkout, named relative to it. */
export function writeSection(file: string, name: string, body: string): void {
  const path = new URL(`../../../${file}`, import.meta.url);
  writeFileSync(path, replaceSection(readFileSync(path, 'utf8'), name, body));
}
