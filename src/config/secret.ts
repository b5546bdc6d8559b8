import { inspect } from 'node:util';

/** What stands for a secret wherever configuration is shown. */
export const maskedSecret = '<secret>';

/** A text that no log, page or error may show: every conversion gives `<secret>`, only `reveal` the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return maskedSecret;
  }

  toJSON(): string {
    return maskedSecret;
  }

  [inspect.custom](): string {
    return maskedSecret;
  }
}
