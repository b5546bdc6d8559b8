import { levels } from './probe-log.ts';
import type { Attributes, Level, LogRecord } from './probe-log.ts';

export const logFormats = ['logfmt', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface LoggerOptions {
  /** The least severe level that is written. */
  readonly level: Level;
  readonly format: LogFormat;
  /** What every record begins with. */
  readonly context?: Attributes;
  /** Takes one line with its newline. */
  readonly write: (line: string) => void;
}

/** The log of the process: one line a record. */
export class Logger {
  readonly #severity: number;
  readonly #format: LogFormat;
  readonly #context: Attributes | undefined;
  readonly #write: (line: string) => void;

  constructor(options: LoggerOptions) {
    this.#severity = severity(options.level);
    this.#format = options.format;
    this.#context = options.context;
    this.#write = options.write;
  }

  debug(message: string, attributes?: Attributes): void {
    this.#add('debug', message, attributes);
  }

  info(message: string, attributes?: Attributes): void {
    this.#add('info', message, attributes);
  }

  warn(message: string, attributes?: Attributes): void {
    this.#add('warn', message, attributes);
  }

  error(message: string, attributes?: Attributes): void {
    this.#add('error', message, attributes);
  }

  /** Writes a record whatever its level; `context` comes before the record's own attributes. */
  write(record: LogRecord, context?: Attributes): void {
    const all = this.#context === undefined ? context : { ...this.#context, ...context };
    this.#write(formatRecord(record, this.#format, all));
  }

  #add(level: Level, message: string, attributes: Attributes | undefined): void {
    if (severity(level) < this.#severity) return;
    this.write({ time: Date.now(), level, message, attributes });
  }
}

/** How severe a level is, as a number that grows with it. */
export function severity(level: Level): number {
  return levels.indexOf(level);
}

/** One record as a line with its newline; `context` comes before the record's own attributes. */
export function formatRecord(record: LogRecord, format: LogFormat, context?: Attributes): string {
  const time = new Date(record.time).toISOString();
  const level = record.level.toUpperCase();
  if (format === 'json') {
    const line = { time, level, msg: record.message };
    return `${toJson({ ...line, ...plain(context), ...plain(record.attributes) })}\n`;
  }
  const start = `time=${time} level=${level} msg=${quote(record.message)}`;
  return `${start}${pairs(context)}${pairs(record.attributes)}\n`;
}

function pairs(attributes: Attributes | undefined): string {
  let text = '';
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) text += ` ${name}=${quote(toText(value))}`;
  }
  return text;
}

function plain(attributes: Attributes | undefined): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name in attributes) {
    const value = attributes[name];
    values[name] = value instanceof Error ? value.message : value;
  }
  return values;
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.message;
  return typeof value === 'bigint' ? value.toString() : toJson(value);
}

/** A log line must not fail for a value that JSON cannot hold. */
function toJson(value: unknown): string {
  try {
    return escapeControls(
      JSON.stringify(value, (_name, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)),
    );
  } catch (error) {
    return JSON.stringify(`not loggable: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}

const needsQuotes = /^$|[\s"=\p{C}]/u;

function quote(text: string): string {
  return needsQuotes.test(text) ? escapeControls(JSON.stringify(text)) : text;
}

/** JSON leaves DEL and the C1 controls as they are, and a terminal obeys them. */
function escapeControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
