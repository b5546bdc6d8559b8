import type { CelInput, CelList, CelMap } from '@bufbuild/cel';
import { celLibrary } from './cel-library.ts';

/** A value of a JSON document as CEL sees it: numbers are doubles, objects are maps; what is in them is wrapped when asked for. */
export function fromJson(value: unknown): CelInput {
  const { JsonList, JsonMap } = classes();
  if (Array.isArray(value)) return new JsonList(value);
  if (typeof value === 'object' && value !== null) return new JsonMap(value as Readonly<Record<string, unknown>>);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('a number is too large for a double');
  return value as string | number | boolean | null;
}

/**
 * One list after another. The library's own way nests a list in a list for every element that a macro adds, and
 * overflows the stack after some thousands of them. Here what grows is appended to an array that all its stages share,
 * each of which sees only its own beginning of it.
 */
export function concatenate(first: CelList, second: CelList): CelList {
  const { GrowingList } = classes();
  const appendable = first instanceof GrowingList && first.array.length === first.size;
  const array = appendable ? first.array : [...first];
  for (const value of second) array.push(value);
  return new GrowingList(array, first.size + second.size);
}

let made: ReturnType<typeof makeClasses> | undefined;

function classes(): ReturnType<typeof makeClasses> {
  made ??= makeClasses();
  return made;
}

/** The library knows its own kinds of lists and maps alone; these are of them. */
function makeClasses() {
  const { celList, celMap } = celLibrary().cel;
  const emptyList: readonly CelInput[] = [];
  const emptyMap = new Map<string, CelInput>();
  const List = celList(emptyList).constructor as new (array: readonly CelInput[]) => CelList;
  const Map_ = celMap(emptyMap).constructor as new (map: ReadonlyMap<string, CelInput>) => CelMap;

  class JsonList extends List {
    readonly #array: readonly unknown[];
    override readonly size: number;

    constructor(array: readonly unknown[]) {
      super(emptyList);
      this.#array = array;
      this.size = array.length;
    }

    override get(index: number): ReturnType<CelList['get']> {
      return Number.isInteger(index) && index >= 0 && index < this.size ? value(this.#array[index]) : undefined;
    }

    override *values(): ReturnType<CelList['values']> {
      for (const item of this.#array) yield value(item);
    }
  }

  class GrowingList extends List {
    readonly array: CelInput[];
    override readonly size: number;

    constructor(array: CelInput[], size: number) {
      super(array);
      this.array = array;
      this.size = size;
    }

    override *values(): ReturnType<CelList['values']> {
      for (let index = 0; index < this.size; index++) yield this.array[index] as Value;
    }
  }

  class JsonMap extends Map_ {
    readonly #object: Readonly<Record<string, unknown>>;
    readonly #keys: readonly string[];
    override readonly size: number;

    constructor(object: Readonly<Record<string, unknown>>) {
      super(emptyMap);
      this.#object = object;
      this.#keys = Object.keys(object);
      this.size = this.#keys.length;
    }

    override has(key: unknown): boolean {
      return typeof key === 'string' && Object.hasOwn(this.#object, key);
    }

    override get(key: unknown): ReturnType<CelMap['get']> {
      return this.has(key) ? value(this.#object[key as string]) : undefined;
    }

    override keys(): ReturnType<CelMap['keys']> {
      return this.#keys.values();
    }

    override *values(): Generator<Value, undefined> {
      for (const key of this.#keys) yield value(this.#object[key]);
    }

    override *entries(): Generator<[string, Value], undefined> {
      for (const key of this.#keys) yield [key, value(this.#object[key])];
    }

    override forEach(act: Parameters<CelMap['forEach']>[0]): void {
      for (const [key, item] of this.entries()) act(item, key, this);
    }
  }

  return { JsonList, GrowingList, JsonMap };
}

type Value = NonNullable<ReturnType<CelList['get']>> | null;

function value(json: unknown): Value {
  return fromJson(json) as Value;
}
