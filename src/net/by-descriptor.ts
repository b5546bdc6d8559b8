/**
 * What belongs to file descriptors, which are small numbers. Unlike a Map that so much comes to and goes from, it leaves
 * no trail of outgrown tables, which V8's quick collections take for alive with all that was in them.
 */
export class ByDescriptor<T> {
  readonly #values: (T | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(descriptor: number): T | undefined {
    return this.#values[descriptor];
  }

  set(descriptor: number, value: T): void {
    while (this.#values.length <= descriptor) this.#values.push(undefined);
    if (this.#values[descriptor] === undefined) this.#size += 1;
    this.#values[descriptor] = value;
  }

  delete(descriptor: number): void {
    if (this.#values[descriptor] === undefined) return;
    this.#values[descriptor] = undefined;
    this.#size -= 1;
  }
}
