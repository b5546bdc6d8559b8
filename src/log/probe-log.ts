/** The levels of a log record, least severe first. */
export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

/** Named values beside a message; never a secret. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: Level;
  readonly message: string;
  readonly attributes: Attributes | undefined;
}

/** The most characters that one probe's log keeps; what comes after is counted, not kept. */
const maxCharacters = 64 * 1024;

/** What one probe says of its way, kept as records and rendered only when somebody reads them. */
export class ProbeLog {
  readonly records: LogRecord[] = [];
  readonly #onRecord: ((record: LogRecord) => void) | undefined;
  #characters = 0;
  #dropped = 0;

  /** `onRecord` sees every record at once, also those beyond the limit. */
  constructor(onRecord?: (record: LogRecord) => void) {
    this.#onRecord = onRecord;
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

  /** How many records did not fit. */
  get dropped(): number {
    return this.#dropped;
  }

  /** An estimate of what the kept records occupy, in bytes. */
  get size(): number {
    return this.#characters + 100 * this.records.length;
  }

  #add(level: Level, message: string, attributes: Attributes | undefined): void {
    const record: LogRecord = { time: Date.now(), level, message, attributes };
    this.#onRecord?.(record);
    const characters = message.length + attributesLength(attributes);
    if (this.#characters + characters > maxCharacters) {
      this.#dropped += 1;
      return;
    }
    this.#characters += characters;
    this.records.push(record);
  }
}

function attributesLength(attributes: Attributes | undefined): number {
  let length = 0;
  for (const name in attributes) {
    const value = attributes[name];
    length += name.length + (typeof value === 'string' ? value.length : 16);
  }
  return length;
}
