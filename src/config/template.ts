/** The values of a module's parameters in one request, by name. */
export type ParameterValues = ReadonlyMap<string, string>;

export const noValues: ParameterValues = new Map();

const placeholder = /\$\{param\.([A-Za-z0-9_]+)\}/g;

/** The names of the parameters that have a place in a text: `zone` for `${param.zone}`. */
export function placesIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name);
}

/** What is written, up to the place of a parameter or to the end. */
interface Part {
  readonly text: Buffer;
  /** The parameter whose place follows; undefined at the end. */
  readonly parameter: string | undefined;
}

/** Bytes, or a text, in which the values of parameters have places. What takes a place is never looked at again. */
export class Template {
  readonly #parts: readonly Part[];

  private constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  /** Without `places`, `${param.name}` has no meaning. */
  static parse(bytes: Buffer, { places }: { readonly places: boolean }): Template {
    if (!places) return new Template([{ text: bytes, parameter: undefined }]);
    // One character a byte: neither a placeholder nor its edges can be part of another character of UTF-8.
    const pieces = bytes.toString('latin1').split(placeholder);
    return new Template(
      pieces.flatMap((text, index) =>
        index % 2 === 0 ? [{ text: Buffer.from(text, 'latin1'), parameter: pieces[index + 1] }] : [],
      ),
    );
  }

  /** Whether no value has a place in it. */
  get constant(): boolean {
    return this.#parts.length === 1;
  }

  get empty(): boolean {
    return this.constant && this.#parts[0]?.text.length === 0;
  }

  /** The same with everything that is written made into something else. */
  map(change: (written: Buffer) => Buffer): Template {
    return new Template(this.#parts.map(({ text, parameter }) => ({ text: change(text), parameter })));
  }

  /** The bytes with values in their places. */
  bytes(values: ParameterValues): Buffer {
    const [first] = this.#parts;
    if (this.constant && first !== undefined) return first.text;
    return Buffer.concat(
      this.#parts.flatMap(({ text, parameter }) => [text, Buffer.from(values.get(parameter ?? '') ?? '')]),
    );
  }

  /** The same as a text. */
  text(values: ParameterValues): string {
    return this.bytes(values).toString();
  }
}

export const emptyTemplate = Template.parse(Buffer.alloc(0), { places: false });

/** What a section makes of the values of a request: made once where no value has a place in it. */
export function filled<T>(
  templates: Iterable<Template | undefined>,
  make: (values: ParameterValues) => T,
): (values: ParameterValues) => T {
  for (const template of templates) {
    if (template?.constant === false) return make;
  }
  const made = make(noValues);
  return () => made;
}
