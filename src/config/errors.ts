/** One thing that is wrong in a configuration file, and where. */
export interface Mistake {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** The way to the value, such as `modules.http_2xx.http.method`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A configuration that cannot be used. Its message has one line a mistake: `file:line:column: path: message`. */
export class ConfigError extends Error {
  readonly file: string;
  readonly mistakes: readonly Mistake[];

  constructor(file: string, mistakes: readonly Mistake[]) {
    super(mistakes.map((mistake) => formatMistake(file, mistake)).join('\n'));
    this.name = 'ConfigError';
    this.file = file;
    this.mistakes = mistakes;
  }
}

/** Renders a mistake as `file:line:column: path: message`. */
export function formatMistake(file: string, mistake: Mistake): string {
  const { line, column, path, message } = mistake;
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}
