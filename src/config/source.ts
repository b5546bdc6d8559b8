import { type Document, LineCounter, type Node, type Scalar, isAlias } from 'yaml';
import { ConfigError, type Mistake, formatMistake } from './errors.ts';
import { aliasTargets, isNothing, parseYaml } from './parse.ts';

/** How many values a file may have once its aliases are followed: what a small file of nested aliases may grow to. */
const maxValues = 1_000_000;

/** A parsed configuration file: its nodes, their positions, and what was found wrong with them. */
export class ConfigSource {
  readonly file: string;
  /** The top node; undefined when the file has none. */
  readonly root: Node | undefined;
  /** What is shown in place of a scalar that is secret, or has a secret part. */
  readonly masks = new Map<Scalar, string>();
  readonly #lines: LineCounter;
  readonly #targets: ReadonlyMap<Node, Node>;
  readonly #mistakes = new Map<string, Mistake>();
  readonly #warnings = new Set<string>();
  readonly #refused = new WeakSet<Node>();
  #values = 0;

  /** Throws ConfigError when the text is no single YAML document. */
  constructor(text: string, file: string) {
    this.file = file;
    this.#lines = linesOf(text);
    const document = this.#parse(text);
    const contents = document?.contents ?? undefined;
    this.root = isNothing(contents) ? undefined : contents;
    this.#targets = document === undefined ? new Map() : aliasTargets(document);
  }

  /** The node that an alias stands for; any other node as it is. Undefined, and a mistake, when there is no such anchor. */
  resolve(node: Node, path: string): Node | undefined {
    if (!isAlias(node)) {
      return node;
    }
    const target = this.#targets.get(node);
    if (target === undefined) {
      this.mistake(startOf(node), path, `no anchor &${node.source} stands above this alias`);
    }
    return target;
  }

  /** Counts values that are looked at. Throws ConfigError when aliases make too many of few. */
  count(values: number): void {
    this.#values += values;
    if (this.#values > maxValues) {
      this.mistake(0, '', `aliases make more than ${maxValues} values of this file`);
      this.throwMistakes();
    }
  }

  /** Records a mistake at an offset of the text. One that several aliases lead to counts once. */
  mistake(offset: number, path: string, message: string): void {
    const mistake = { ...this.#position(offset), path, message };
    const key = `${mistake.line}:${mistake.column}:${message}`;
    if (!this.#mistakes.has(key)) {
      this.#mistakes.set(key, mistake);
    }
  }

  /** Records that a value cannot be read: it counts as absent from then on. */
  refuse(node: Node, path: string, message: string): void {
    this.#refused.add(node);
    this.mistake(startOf(node), path, message);
  }

  /** Whether a value was refused: what follows from its absence is no mistake of its own. */
  isRefused(node: Node): boolean {
    return this.#refused.has(node);
  }

  /** Records what is allowed, but most likely not meant. */
  warn(offset: number, path: string, message: string): void {
    this.#warnings.add(formatMistake(this.file, { ...this.#position(offset), path, message }));
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** Throws ConfigError with all mistakes, in the order of the file, when there are any. */
  throwMistakes(): void {
    if (this.#mistakes.size > 0) {
      const inOrder = [...this.#mistakes.values()].sort((a, b) => a.line - b.line || a.column - b.column);
      throw new ConfigError(this.file, inOrder);
    }
  }

  /** Of complaints on one line only the first counts: the others mostly follow from it. */
  #parse(text: string): Document | undefined {
    const { document, complaints } = parseYaml(text);
    const lines = new Set<number>();
    for (const { offset, message } of complaints) {
      const { line } = this.#position(offset);
      if (!lines.has(line)) this.mistake(offset, '', message);
      lines.add(line);
    }
    this.throwMistakes();
    return document;
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

/** The offset at which a node begins. */
export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return lines;
}
