import { parseArgs } from 'node:util';

/** A command line that cannot be obeyed; the message is one line. */
export class UsageError extends Error {
  /** The exit status that tells of it. */
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.name = 'UsageError';
    this.status = status;
  }
}

/** How a command tells of a mistake in its flags: where to find help, and the exit status. */
interface Complaint {
  readonly help: string;
  readonly status: number;
}

/** A flag of a command. */
export interface Flag {
  readonly help: string;
  /** What stands for the value in the help; a flag without is switched on, or off by --no-. */
  readonly value?: string;
  /** As shown in the help. */
  readonly default?: string;
  readonly short?: string;
  readonly repeatable?: true;
}

export type FlagTable<Name extends string> = Readonly<Record<Name, Flag>>;

/** The flags that a command line gives, read as what they are for. Every method throws UsageError. */
export class FlagValues<Name extends string> {
  readonly #table: FlagTable<Name>;
  readonly #given = new Map<Name, (string | boolean)[]>();
  /** What is neither a flag nor its value, in order. */
  readonly positionals: readonly string[];
  readonly #complaint: Complaint;

  constructor(table: FlagTable<Name>, args: readonly string[], complaint: Complaint = { help: '--help', status: 1 }) {
    this.#table = table;
    this.#complaint = complaint;
    const { tokens } = parseArgs({
      args: [...args],
      options: parserOptions(table),
      strict: false,
      allowPositionals: true,
      tokens: true,
    });
    const positionals: string[] = [];
    for (const token of tokens) {
      if (token.kind === 'positional') positionals.push(token.value);
      else if (token.kind === 'option') this.#add(token.name, token.rawName, token.value, token.inlineValue === true);
    }
    this.positionals = positionals;
  }

  isOn(name: Name): boolean {
    return (this.#given.get(name)?.[0] ?? this.#table[name].default === 'on') === true;
  }

  /** The value, or the default; empty without either. */
  text(name: Name): string {
    return String(this.#given.get(name)?.[0] ?? this.#table[name].default ?? '');
  }

  /** Every value of a flag that can be given several times, or the default. */
  texts(name: Name): string[] {
    const { default: fallback } = this.#table[name];
    return (this.#given.get(name) ?? (fallback === undefined ? [] : [fallback])).map(String);
  }

  decimal(name: Name): number {
    const given = this.text(name);
    const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(given) ? Number(given) : Number.NaN;
    if (!Number.isFinite(number)) throw this.mistake(name, `${JSON.stringify(given)} is not a number`);
    return number;
  }

  wholeNumber(name: Name): number {
    const given = this.text(name);
    const number = Number(given);
    if (!/^\d+$/.test(given) || !Number.isSafeInteger(number)) {
      throw this.mistake(name, `${JSON.stringify(given)} is not a whole number`);
    }
    return number;
  }

  /** A whole number from 1; undefined when it is not given and has no default. */
  count(name: Name): number | undefined {
    if (this.text(name) === '' && !this.#given.has(name)) return undefined;
    const number = this.wholeNumber(name);
    if (number === 0) throw this.mistake(name, 'must be at least 1');
    return number;
  }

  oneOf<T extends string>(name: Name, choices: readonly T[]): T {
    const given = this.text(name);
    const choice = choices.find((known) => known === given.toLowerCase());
    if (choice === undefined) {
      throw this.mistake(name, `${JSON.stringify(given)} is none of ${choices.join(', ')}`);
    }
    return choice;
  }

  /** What `read` makes of one of the flag's values; its error is told with the flag's name. */
  parsed<T>(name: Name, value: string, read: (value: string) => T): T {
    try {
      return read(value);
    } catch (error) {
      throw this.mistake(name, error instanceof Error ? error.message : String(error));
    }
  }

  /** The error of a flag whose value will not do. */
  mistake(name: Name, message: string): UsageError {
    return this.refusal(`--${name}: ${message}`);
  }

  /** The error of a command line that will not do. */
  refusal(message: string): UsageError {
    return new UsageError(`${message}; try ${this.#complaint.help}`, this.#complaint.status);
  }

  #add(given: string, raw: string, value: string | undefined, inline: boolean): void {
    const negated = raw.startsWith('--no-') && !this.#isFlag(given);
    const name = negated ? given.slice('no-'.length) : given;
    if (!this.#isFlag(name)) throw this.refusal(`Unknown flag ${raw}`);
    const flag: Flag = this.#table[name];
    const values = this.#given.get(name) ?? [];
    if (values.length > 0 && flag.repeatable === undefined) throw this.refusal(`--${name} is given twice`);
    if (flag.value === undefined) {
      if (value !== undefined) throw this.refusal(`${raw} takes no value; --no-${name} switches it off`);
      values.push(!negated);
    } else {
      if (negated) throw this.refusal(`Unknown flag ${raw}`);
      if (value === undefined || (!inline && value.startsWith('--'))) throw this.refusal(`${raw} needs a value`);
      values.push(value);
    }
    this.#given.set(name, values);
  }

  #isFlag(name: string): name is Name {
    return Object.hasOwn(this.#table, name);
  }
}

type ParserOption = { readonly type: 'boolean' | 'string'; readonly short?: string };

function parserOptions<Name extends string>(table: FlagTable<Name>): Record<string, ParserOption> {
  const options: Record<string, ParserOption> = {};
  for (const [name, { value, short }] of Object.entries<Flag>(table)) {
    options[name] = { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
  }
  return options;
}
