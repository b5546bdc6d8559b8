import type { CelEnv, CelFunc } from '@bufbuild/cel';
import type { CelNode } from './cel-library.ts';

/** Why an expression cannot be right, whatever the document, and where: an offset in its text. */
export class CelMistake extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** What is known of an expression before it is evaluated. */
export interface CelFacts {
  /** The name of its type; `dyn` when the document decides. */
  readonly type: string;
  /** How deep macros stand in the predicates of others: 0 without any macro. */
  readonly nesting: number;
}

type Scope = ReadonlyMap<string, string>;
type Kind<Case extends CelNode['exprKind']['case']> =
  Extract<CelNode['exprKind'], { case: Case }> extends {
    value: infer Value;
  }
    ? Value
    : never;

const typeNames = ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'dyn'];
const messageName = /^google\.protobuf\.\w+$/;

const constantTypes: Readonly<Record<string, string>> = {
  nullValue: 'null_type',
  boolValue: 'bool',
  int64Value: 'int',
  uint64Value: 'uint',
  doubleValue: 'double',
  stringValue: 'string',
  bytesValue: 'bytes',
};

/**
 * Checks the names and the types of an expression, as far as they are known without a document: what is in `body` may
 * be of any type. The library has no such check of its own. Throws CelMistake.
 */
export function checkCel(env: CelEnv, root: CelNode, positions: Readonly<Record<string, number>>): CelFacts {
  const checker = new Checker(env, positions);
  const type = checker.check(root, new Map([['body', 'dyn']]), 0);
  return { type, nesting: checker.nesting };
}

class Checker {
  nesting = 0;
  readonly #env: CelEnv;
  readonly #positions: Readonly<Record<string, number>>;

  constructor(env: CelEnv, positions: Readonly<Record<string, number>>) {
    this.#env = env;
    this.#positions = positions;
  }

  check(node: CelNode | undefined, scope: Scope, depth: number): string {
    const kind = node?.exprKind;
    if (node === undefined || kind === undefined) return 'dyn';
    const typeOf = (child: CelNode | undefined): string => this.check(child, scope, depth);
    switch (kind.case) {
      case 'constExpr':
        return constantTypes[kind.value.constantKind.case ?? ''] ?? 'dyn';
      case 'identExpr':
        return this.#identifier(node, kind.value.name, scope);
      case 'selectExpr':
        return this.#select(node, kind.value, scope, typeOf);
      case 'callExpr':
        return this.#call(node, kind.value, typeOf);
      case 'listExpr':
        for (const element of kind.value.elements) typeOf(element);
        return 'list';
      case 'structExpr':
        return this.#struct(node, kind.value, typeOf);
      case 'comprehensionExpr':
        return this.#comprehension(node, kind.value, scope, depth);
      case undefined:
        return 'dyn';
    }
  }

  #identifier(node: CelNode, name: string, scope: Scope): string {
    const type = scope.get(name) ?? (typeNames.includes(name) ? 'type' : undefined);
    if (type === undefined) this.#fail(node, `there is no ${name}: the document is named body`);
    return type;
  }

  #select(node: CelNode, select: Kind<'selectExpr'>, scope: Scope, typeOf: (child?: CelNode) => string): string {
    const name = qualifiedName(node);
    if (name !== undefined && messageName.test(name) && !scope.has('google')) return 'type';
    const operand = typeOf(select.operand);
    if (!mayBe(operand, 'map') && !messageName.test(operand)) {
      this.#fail(node, `${operand} has no field ${select.field}`);
    }
    return select.testOnly ? 'bool' : 'dyn';
  }

  #struct(node: CelNode, struct: Kind<'structExpr'>, typeOf: (child?: CelNode) => string): string {
    for (const { keyKind, value } of struct.entries) {
      if (keyKind.case === 'mapKey') typeOf(keyKind.value);
      typeOf(value);
    }
    if (struct.messageName === '') return 'map';
    if (!messageName.test(struct.messageName)) this.#fail(node, `there is no type ${struct.messageName}`);
    return 'dyn';
  }

  #comprehension(node: CelNode, fold: Kind<'comprehensionExpr'>, scope: Scope, depth: number): string {
    const range = this.check(fold.iterRange, scope, depth);
    if (!mayBe(range, 'list') && !mayBe(range, 'map')) this.#fail(node, `${range} is neither list nor map`);
    const accumulator = this.check(fold.accuInit, scope, depth);
    const inner = new Map([...scope, [fold.iterVar, 'dyn'], [fold.accuVar, accumulator]]);
    this.nesting = Math.max(this.nesting, depth + 1);
    this.check(fold.loopCondition, inner, depth + 1);
    this.check(fold.loopStep, inner, depth + 1);
    return this.check(fold.result, inner, depth);
  }

  #call(node: CelNode, call: Kind<'callExpr'>, typeOf: (child?: CelNode) => string): string {
    const name = call.function;
    const target = call.target === undefined ? undefined : typeOf(call.target);
    const types = call.args.map(typeOf);
    const [first = 'dyn', second = 'dyn', third = 'dyn'] = types;
    switch (name) {
      case '_&&_':
      case '_||_':
        for (const [index, type] of types.entries()) this.#demand(call.args[index] ?? node, type, 'bool');
        return 'bool';
      case '@not_strictly_false':
        return 'bool';
      case '_?_:_':
        this.#demand(call.args[0] ?? node, first, 'bool');
        if (!mayBe(second, third)) this.#fail(node, `the one choice is ${second}, the other ${third}`);
        return second === third ? second : 'dyn';
      case '_[_]':
        if (!mayBe(first, 'list') && !mayBe(first, 'map')) this.#fail(node, `${first} has no elements`);
        return 'dyn';
      case '_==_':
      case '_!=_':
        if (!mayBe(first, second)) this.#fail(node, `${first} and ${second} cannot be compared`);
        return 'bool';
      default:
        return this.#overload(node, name, target, types);
    }
  }

  /** The type that the overloads give which these arguments may fit. */
  #overload(node: CelNode, name: string, target: string | undefined, types: readonly string[]): string {
    const overloads = [...(this.#env.funcs.find(name) ?? [])];
    const shown = operatorText(name);
    if (overloads.length === 0) this.#fail(node, `there is no function ${shown}`);
    const results = new Set(
      overloads.filter((overload) => fits(overload, target, types)).map(({ result }) => result.name),
    );
    if (results.size === 0) {
      const on = target === undefined ? '' : ` on ${target}`;
      this.#fail(node, `${shown} takes no (${types.join(', ')})${on}`);
    }
    const [result = 'dyn', ...others] = results;
    return others.length === 0 ? result : 'dyn';
  }

  #demand(node: CelNode, type: string, wanted: string): void {
    if (!mayBe(type, wanted)) this.#fail(node, `this is ${type}, not ${wanted}`);
  }

  #fail(node: CelNode, message: string): never {
    throw new CelMistake(this.#positions[String(node.id)] ?? 0, message);
  }
}

function fits(overload: CelFunc, target: string | undefined, types: readonly string[]): boolean {
  if (overload.arguments.length !== types.length) return false;
  if ((overload.target === undefined) !== (target === undefined)) return false;
  if (target !== undefined && overload.target !== undefined && !mayBe(target, overload.target.name)) return false;
  return overload.arguments.every(({ name }, index) => mayBe(types[index] ?? 'dyn', name));
}

/** Whether a value of the one type may be of the other; null stands for a value of any type. */
function mayBe(type: string, other: string): boolean {
  return type === other || type === 'dyn' || other === 'dyn' || type === 'null_type' || other === 'null_type';
}

/** `a.b.c` as text; undefined when the node is something else. */
function qualifiedName(node: CelNode | undefined): string | undefined {
  const kind = node?.exprKind;
  if (kind?.case === 'identExpr') return kind.value.name;
  if (kind?.case !== 'selectExpr') return undefined;
  const operand = qualifiedName(kind.value.operand);
  return operand === undefined ? undefined : `${operand}.${kind.value.field}`;
}

/** `_+_` as `+`, `@in` as `in`; a function's name as it is. */
function operatorText(name: string): string {
  return /^[_@-]|_$/.test(name) ? name.replaceAll(/[_@]/g, '') : name;
}
