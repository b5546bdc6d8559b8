import type { CelInput } from '@bufbuild/cel';
import vm from 'node:vm';
import { celFunctions } from './cel-functions.ts';
import { celLibrary } from './cel-library.ts';
import { type CelFacts, CelMistake, checkCel } from './cel-check.ts';
import { fromJson } from './cel-values.ts';

/** A JSON document that expressions are evaluated on. */
export interface CelDocument {
  readonly value: CelInput;
  /** The most values that it may consist of. */
  readonly size: number;
}

/** Why an expression gives no answer for a document. */
export class CelFailure extends Error {}

/** How long one evaluation may take, in milliseconds: nothing else runs in this time. */
const maxDuration = 1000;

/** Evaluations of so few steps need no watch. */
const harmlessSteps = 1_000_000;

let environment: ReturnType<typeof createEnvironment> | undefined;

function createEnvironment() {
  const { celEnv, CelScalar } = celLibrary().cel;
  return celEnv({ variables: { body: CelScalar.DYN }, funcs: celFunctions() });
}

/** An expression of the Common Expression Language on a JSON document, `body`, that gives true or false. */
export class CelExpression {
  readonly source: string;
  readonly #facts: CelFacts;
  readonly #evaluate: (bindings: { readonly body: CelInput }) => unknown;

  /** Throws an Error that says what is wrong with `source`, and where: line and column. */
  constructor(source: string) {
    this.source = source;
    const { cel } = celLibrary();
    environment ??= createEnvironment();
    // Without a line end after it the library takes a comment for a mistake.
    const parsed = describingPosition(source, () => cel.parse(`${source}\n`));
    const positions = parsed.sourceInfo?.positions ?? {};
    const env = environment;
    this.#facts = describingPosition(source, () => checkCel(env, parsed.expr, positions));
    if (this.#facts.type !== 'bool' && this.#facts.type !== 'dyn') {
      throw new Error(`must be a CEL expression that gives true or false, not ${this.#facts.type}`);
    }
    this.#evaluate = cel.plan(env, parsed);
  }

  /** Throws CelFailure when it gives neither true nor false within `limit` milliseconds, or within a second. */
  test({ size, value }: CelDocument, limit = maxDuration): boolean {
    const steps = size ** (this.#facts.nesting + 1);
    const run = (): unknown => this.#evaluate({ body: value });
    const result =
      this.#facts.nesting === 0 || steps <= harmlessSteps
        ? run()
        : this.#runWatched(run, Math.max(1, Math.min(limit, maxDuration)));
    if (typeof result === 'boolean') return result;
    throw this.#failure(celLibrary().cel.isCelError(result) ? result.message : 'neither true nor false');
  }

  /** A macro within a macro takes the square of a document's size. */
  #runWatched(run: () => unknown, limit: number): unknown {
    const ended = interruptible(run, Math.ceil(limit));
    if (ended === undefined) throw this.#failure(`it takes longer than ${Math.ceil(limit)} ms on this document`);
    return ended.result;
  }

  #failure(why: string): CelFailure {
    return new CelFailure(`${this.source} gives no answer: ${why}`);
  }
}

const call = new vm.Script('run()');
let sandbox: vm.Context | undefined;

/** Calls `run`; undefined when it took too long, and was interrupted. */
function interruptible(run: () => unknown, timeout: number): { readonly result: unknown } | undefined {
  sandbox ??= vm.createContext({});
  sandbox['run'] = run;
  try {
    return { result: call.runInContext(sandbox, { timeout }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return undefined;
  } finally {
    sandbox['run'] = undefined;
  }
}

/** Reads a document, JSON in UTF-8. Throws CelFailure when it is none. */
export function readCelDocument(bytes: Buffer): CelDocument {
  try {
    return { value: fromJson(JSON.parse(bytes.toString('utf8'))), size: Math.ceil(bytes.length / 2) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CelFailure(`The body is no JSON: ${why}`, { cause: error });
  }
}

function describingPosition<T>(source: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new Error(`must be a CEL expression: ${complaint(source, error)}`, { cause: error });
  }
}

/** The parser's own errors carry the place that they are about. */
interface SyntaxMistake extends Error {
  readonly rawMessage: string;
  readonly location: { readonly start: { readonly offset: number } };
}

function complaint(source: string, error: unknown): string {
  if (error instanceof CelMistake) return `${place(source, error.offset)}: ${error.message}`;
  if (error instanceof RangeError) return 'it is nested too deeply';
  if (error instanceof Error && 'location' in error && 'rawMessage' in error) {
    const { rawMessage, location } = error as SyntaxMistake;
    return `${place(source, location.start.offset)}: ${rawMessage.replace(/ but expecting .{60,}$/s, '').replaceAll('\n', 'line end')}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** An offset as `line:column`, both counted from 1. */
function place(source: string, offset: number): string {
  const before = source.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
