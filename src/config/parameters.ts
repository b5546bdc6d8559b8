import { quote } from './decode.ts';
import type { ConfigReader } from './reader.ts';
import { Regexp } from './regexp.ts';
import { noValues, type ParameterValues } from './template.ts';

/** What stands before a parameter's name in the URL. */
const prefix = 'param_';
const longestValue = 1024;
// oxlint-disable-next-line no-control-regex
const controls = /[\x00-\x1f\x7f]/;

interface Parameter {
  /** Must match all of a value. */
  readonly regexp: Regexp;
  /** Undefined when a request must give the value. */
  readonly fallback: string | undefined;
}

/** The parameters that a module declares: what the URL of a probe may put into the places that they have in it. */
export class Parameters {
  readonly #declared: ReadonlyMap<string, Parameter>;

  constructor(declared: ReadonlyMap<string, Parameter> = new Map()) {
    this.#declared = declared;
  }

  get names(): readonly string[] {
    return [...this.#declared.keys()];
  }

  /** The values that a request gives by `param_NAME`, or by default; a text says why it is refused. */
  read(query: Readonly<Record<string, string | undefined>>): ParameterValues | string {
    for (const key in query) {
      if (key.startsWith(prefix) && !this.#declared.has(key.slice(prefix.length))) {
        return `The module has no parameter ${quote(key.slice(prefix.length))}, so that ${quote(key)} cannot be set`;
      }
    }
    if (this.#declared.size === 0) return noValues;
    const values = new Map<string, string>();
    for (const [name, { regexp, fallback }] of this.#declared) {
      const value = query[`${prefix}${name}`] ?? fallback;
      if (value === undefined) return `The module needs the parameter ${prefix}${name}`;
      const fault = faultOf(value, regexp);
      if (fault !== undefined) return `The parameter ${prefix}${name} ${fault}`;
      values.set(name, value);
    }
    return values;
  }
}

/** The parameters of a module that declares none. */
export const noParameters = new Parameters();

function faultOf(value: string, regexp: Regexp): string | undefined {
  if (value.length > longestValue) return `has more than ${longestValue} characters`;
  if (controls.test(value)) return 'has a control character';
  return regexp.test(value) ? undefined : `cannot be ${quote(value)}: the module does not allow it`;
}

const parameterName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a module's `parameters`, gives them their places in what `read` reads of the module, and refuses one that has
 * none there.
 */
export function readWithParameters<T>(module: ConfigReader, read: (parameters: Parameters | undefined) => T): T {
  if (!module.has('parameters')) return read(undefined);
  const section = module.section('parameters');
  const parameters = readParameters(section);
  const unplaced = new Set(parameters.names);
  module.declare({ place: (name) => unplaced.delete(name) || parameters.names.includes(name) });
  const made = read(parameters);
  for (const name of unplaced) section.fail(name, `has no place: \${param.${name}} stands nowhere in the module`);
  return made;
}

/** Each is an expression, or a mapping of `regexp` and `default`. */
function readParameters(section: ConfigReader): Parameters {
  const declared = new Map<string, Parameter>();
  for (const name of section.keys()) {
    if (!parameterName.test(name)) section.fail(name, `${quote(name)} is no name of a parameter: write it as a_name1`);
    const parameter = section.hasScalar(name)
      ? { regexp: anchored(section.regexp(name)), fallback: undefined }
      : readParameter(section.section(name));
    declared.set(name, parameter);
  }
  return new Parameters(declared);
}

function readParameter(section: ConfigReader): Parameter {
  const given = section.regexp('regexp');
  if (!section.has('regexp')) section.fail(undefined, 'regexp must be given: what the values are like');
  const regexp = anchored(given);
  const fallback = section.string('default');
  const fault = fallback === undefined || given === undefined ? undefined : faultOf(fallback, regexp);
  if (fault !== undefined) section.fail('default', fault);
  return { regexp, fallback };
}

/** Matches all of a text. */
function anchored(regexp: Regexp | undefined): Regexp {
  return new Regexp(`^(?:${regexp?.source ?? ''})$`);
}
