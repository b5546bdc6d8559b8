import type { Row } from './row.ts';

/** How rows are written, one a line, and read again. */
export interface RowFormat {
  /** What stands before the first row, with its newline. */
  readonly header: string;
  /** A row with its newline. */
  write(row: Row): string;
  /** Reads a line without its newline. Throws an Error when it is no row. */
  read(line: string): Row;
}

export const ndjson: RowFormat = {
  header: '',
  write: (row) => `${JSON.stringify(row)}\n`,
  read: (line) => checked(JSON.parse(line)),
};

const kinds = {
  number: 'number',
  time: 'string',
  target: 'string',
  module: 'string',
  success: 'boolean',
  duration_seconds: 'number',
  phase: 'string',
  reason: 'string',
  message: 'string',
  http_status: 'number',
  certificate_expiry: 'string',
  socket_after_close: 'string',
} as const satisfies Partial<Record<keyof Row, 'number' | 'string' | 'boolean'>>;

const required = 6;
const columns = Object.keys(kinds) as (keyof typeof kinds)[];

/** As RFC 4180 has it, but with a newline at the end of a line, and none within a field. */
export const csv: RowFormat = {
  header: `${columns.join(',')}\n`,
  write: (row) => `${columns.map((column) => field(row[column])).join(',')}\n`,
  read(line) {
    const fields = line.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,"]*)(?=,|$)/g) ?? [];
    const values: Record<string, unknown> = {};
    for (const [index, column] of columns.entries()) {
      const text = (fields[index] ?? '').replace(/^"|"$/g, '').replaceAll('""', '"');
      if (text !== '' || index < required) values[column] = valueOf(text, kinds[column]);
    }
    return checked(values);
  },
};

function field(value: string | number | boolean | undefined): string {
  const text = String(value ?? '').replaceAll(/[\r\n]+/g, ' ');
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function valueOf(text: string, kind: 'number' | 'string' | 'boolean'): unknown {
  if (kind === 'number') return text === '' ? undefined : Number(text);
  return kind === 'boolean' ? ({ true: true, false: false } as Record<string, boolean>)[text] : text;
}

function checked(value: unknown): Row {
  const row = (typeof value === 'object' && value !== null ? value : {}) as Row;
  for (const [index, column] of columns.entries()) {
    const isAbsent = row[column] === undefined && index >= required;
    if (typeof row[column] !== kinds[column] && !isAbsent) throw new Error(`${column} is no ${kinds[column]}`);
  }
  if (!Number.isSafeInteger(row.number) || row.number < 1) throw new Error('number is no number of a target');
  return row;
}
