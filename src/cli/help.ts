import type { Flag, FlagTable } from './flags.ts';

const indent = 30;
const width = 100;

/** The help of a command: `head`, a sentence on flags, and every flag in lines of at most 100 characters. */
export function helpText(head: string, table: FlagTable<string>): string {
  const entries = Object.entries(table).map(([name, flag]) => helpEntry(name, flag));
  return `${head}\n\nA flag takes its value as --flag=value or --flag value.\n\n${entries.join('')}`;
}

function helpEntry(name: string, flag: Flag): string {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  const shown = flag.value === undefined && flag.short === undefined && name !== 'version' ? `[no-]${name}` : name;
  const head = `  ${short}--${shown}${flag.value === undefined ? '' : `=${flag.value}`}`;
  const help = flag.default === undefined ? flag.help : `${flag.help} Default: ${flag.default}.`;
  const [first = '', ...rest] = wrap(help, width - indent);
  const margin = ' '.repeat(indent);
  const opening = head.length < indent - 1 ? head.padEnd(indent) + first : `${head}\n${margin}${first}`;
  return [opening, ...rest.map((line) => margin + line)].map((line) => `${line}\n`).join('');
}

function wrap(words: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
