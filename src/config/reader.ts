import { type Node, type YAMLMap, isMap, isScalar } from 'yaml';
import type { Material } from '../net/settings.ts';
import * as decode from './decode.ts';
import { type Entry, pathOf, readEntries } from './entries.ts';
import { FileMaterial, TextMaterial } from './material.ts';
import { nearMiss } from './near-miss.ts';
import { type Located, listItems, maskNode, plainValue, refuseNode, switchesOff } from './nodes.ts';
import { type DeclaredParameters, decodeFixed, decodeTemplate, noPlace } from './places.ts';
import type { Regexp } from './regexp.ts';
import { renderMasked } from './render.ts';
import { Secret, maskedSecret } from './secret.ts';
import { type ConfigSource, startOf } from './source.ts';
import type { StatusCodes } from './status-codes.ts';
import { placesIn, type Template } from './template.ts';

/** Whether a value is shown as `<secret>` wherever the configuration is shown. */
export interface Secrecy {
  readonly secret?: boolean;
}

/**
 * One mapping of a configuration file. Every key that is asked for is known; `finish` reports those that are not.
 * A value that cannot be used is recorded as a mistake, and read as if it were absent; null is absent, too.
 */
export class ConfigReader {
  /** The way to this mapping, such as `modules.http_2xx.http`. */
  readonly path: string;
  readonly #source: ConfigSource;
  readonly #map: YAMLMap | undefined;
  readonly #entries: ReadonlyMap<string, Entry>;
  /** Where mistakes of the mapping as a whole are shown. */
  readonly #at: number;
  /** The mappings that this one is in: an alias must not lead back to them. */
  readonly #within: readonly Node[];
  readonly #known = new Set<string>();
  readonly #sections = new Map<string, ConfigReader>();
  readonly #children: ConfigReader[] = [];
  #parameters: DeclaredParameters | undefined;

  constructor(source: ConfigSource, map: YAMLMap | undefined, at: number, path = '', within: readonly Node[] = []) {
    this.path = path;
    this.#source = source;
    this.#map = map;
    this.#at = at;
    this.#within = map === undefined ? within : [...within, map];
    this.#entries = map === undefined ? new Map() : readEntries(source, map, path);
    source.count(1 + this.#entries.size);
  }

  /** Whether a key is given, and not null. */
  has(key: string): boolean {
    return this.#value(key) !== undefined;
  }

  /** Whether the value of a key is a text, a number or the like: neither a list nor a mapping. */
  hasScalar(key: string): boolean {
    return isScalar(this.#value(key));
  }

  /** All keys that are given, for mappings whose keys are names. They count as known. */
  keys(): string[] {
    for (const key of this.#entries.keys()) this.#known.add(key);
    return [...this.#entries.keys()];
  }

  /** A text; numbers and booleans are taken as written. */
  string(key: string, secrecy?: Secrecy): string | undefined;
  string(key: string, fallback: string, secrecy?: Secrecy): string;
  string(key: string, fallback?: string | Secrecy, secrecy?: Secrecy): string | undefined {
    const given = typeof fallback === 'string' ? fallback : undefined;
    return this.#scalar(key, decode.text, typeof fallback === 'object' ? fallback : secrecy) ?? given;
  }

  /** The bytes of `!!binary`, else the UTF-8 of a text. */
  bytes(key: string, secrecy?: Secrecy): Buffer | undefined {
    return this.#scalar(key, decode.bytes, secrecy);
  }

  /** From here on, in this mapping and in those below, these parameters have places in what `template` reads, and nowhere else. */
  declare(parameters: DeclaredParameters): void {
    this.#parameters = parameters;
  }

  /** A text in which parameters of the module may have places. */
  template(key: string, secrecy?: Secrecy): Template | undefined {
    return this.#template(key, decode.text, secrecy);
  }

  /** The same of what `bytes` reads. */
  byteTemplate(key: string, secrecy?: Secrecy): Template | undefined {
    return this.#template(key, decode.bytes, secrecy);
  }

  /** A text that nothing shows. */
  secret(key: string): Secret | undefined {
    const text = this.#scalar(key, decode.text, { secret: true });
    return text === undefined ? undefined : new Secret(text);
  }

  boolean(key: string, fallback: boolean): boolean {
    return this.#scalar(key, decode.boolean) ?? fallback;
  }

  integer(key: string, bounds?: decode.Bounds): number | undefined {
    return this.#scalar(key, decode.integer(bounds));
  }

  number(key: string): number | undefined {
    return this.#scalar(key, decode.number);
  }

  /** Milliseconds, not negative, at most what a timer takes. */
  duration(key: string): number | undefined {
    return this.#scalar(key, decode.duration);
  }

  /** Bytes, not negative. */
  size(key: string): number | undefined {
    return this.#scalar(key, decode.size);
  }

  regexp(key: string): Regexp | undefined {
    return this.#scalar(key, decode.regexp);
  }

  oneOf<T extends string>(key: string, values: readonly T[]): T | undefined;
  oneOf<T extends string>(key: string, values: readonly T[], fallback: T): T;
  oneOf<T extends string>(key: string, values: readonly T[], fallback?: T): T | undefined {
    return this.#scalar(key, decode.oneOf(values)) ?? fallback;
  }

  /** An absolute URL; its user and password are shown as `<secret>`. */
  url(key: string): URL | undefined {
    const url = this.#scalar(key, decode.url);
    const node = this.#value(key);
    if (url !== undefined && (url.username !== '' || url.password !== '') && isScalar(node)) {
      this.#source.masks.set(node, String(node.value).replace(/\/\/[^/?#]*@/, `//${maskedSecret}@`));
    }
    return url;
  }

  strings(key: string, secrecy?: Secrecy): string[] {
    if (secrecy?.secret === true) this.mask(key);
    return this.#scalars(key, decode.text);
  }

  /** The items of a list as `bytes` reads them. */
  byteStrings(key: string, secrecy?: Secrecy): Buffer[] {
    if (secrecy?.secret === true) this.mask(key);
    return this.#scalars(key, decode.bytes);
  }

  statusCodes(key: string): StatusCodes[] {
    return this.#scalars(key, decode.statusCodes);
  }

  regexps(key: string): Regexp[] {
    return this.#scalars(key, decode.regexp);
  }

  /** A mapping of texts by name. The values of those that `isSecret` names are masked. */
  map(key: string, isSecret: (name: string) => boolean = () => false): Map<string, string> {
    const section = this.section(key);
    return new Map(section.keys().map((name) => [name, section.string(name, '', { secret: isSecret(name) })]));
  }

  /** A mapping whose values may be anything, as YAML means it; empty when the key is absent. */
  values(key: string): Readonly<Record<string, unknown>> {
    const node = this.#value(key);
    if (node === undefined) return {};
    const place = { node, path: pathOf(this.path, key) };
    if (!isMap(node)) {
      refuseNode(this.#source, place, 'a mapping');
      return {};
    }
    const values = plainValue(this.#source, place) as Record<string, unknown>;
    if (this.#parameters !== undefined && placesIn(JSON.stringify(values)).length > 0) this.fail(key, noPlace);
    return values;
  }

  /** A mapping; an empty one when the key is absent, so that all its defaults apply. */
  section(key: string): ConfigReader {
    const known = this.#sections.get(key);
    if (known !== undefined) {
      return known;
    }
    const node = this.#value(key);
    const at = this.#entries.get(key)?.keyAt ?? this.#at;
    const section = this.#child(node, at, pathOf(this.path, key));
    this.#sections.set(key, section);
    return section;
  }

  /** A mapping of mappings by name. */
  sections(key: string): Map<string, ConfigReader> {
    const section = this.section(key);
    return new Map(section.keys().map((name) => [name, section.section(name)]));
  }

  /** A list of mappings, each read by `read`; an item that is null is left out. */
  list<T>(key: string, read: (item: ConfigReader) => T): T[] {
    return this.#items(key).flatMap((item) => {
      if (isMap(item.node)) return [read(this.#child(item.node, startOf(item.node), item.path))];
      refuseNode(this.#source, item, 'a mapping');
      return [];
    });
  }

  /** A text that stands in the file under `textKey`, or in a file that `fileKey` names. */
  material(textKey: string, fileKey: string, secrecy?: Secrecy): Material | undefined {
    const text = this.string(textKey, '', secrecy);
    const file = this.string(fileKey, '');
    if (text !== '' && file !== '') {
      this.fail(fileKey, `only one of ${textKey} and ${fileKey} may be given`);
    }
    if (file !== '') {
      return new FileMaterial(file, fileKey);
    }
    return text === '' ? undefined : new TextMaterial(text, pathOf(this.path, textKey));
  }

  /** Shows the value of a key, whatever it holds, as `<secret>`. */
  mask(key: string): void {
    const value = this.#value(key);
    if (value !== undefined) maskNode(this.#source, value);
  }

  /** Records a mistake in the value of a key, unless it has been refused already, or in this mapping as a whole. */
  fail(key: string | undefined, message: string): void {
    const value = key === undefined ? undefined : this.#value(key);
    if (value !== undefined && this.#source.isRefused(value)) {
      return;
    }
    this.#source.mistake(this.#offset(key), key === undefined ? this.path : pathOf(this.path, key), message);
  }

  /** Refuses a key that is given and switches something on, because this exporter cannot do it yet. */
  notSupported(key: string, why: string): void {
    const value = this.#value(key);
    if (value === undefined || (isScalar(value) && switchesOff(value))) {
      return;
    }
    this.fail(key, `not supported yet: ${why}`);
  }

  /** Warns of a value that is allowed, but most likely not meant. */
  warn(key: string | undefined, message: string): void {
    this.#source.warn(this.#offset(key), key === undefined ? this.path : pathOf(this.path, key), message);
  }

  /** This mapping as YAML that shows no secret. */
  render(): string {
    return renderMasked(this.#source, this.#map);
  }

  /** Records every key as a mistake that nothing asked for, here and in all sections below. */
  finish(): void {
    for (const [key, { keyAt }] of this.#entries) {
      if (this.#known.has(key)) continue;
      const meant = nearMiss(key, this.#known);
      const message = meant === undefined ? 'unknown key' : `did you mean ${meant}?`;
      this.#source.mistake(keyAt, pathOf(this.path, key), message);
    }
    for (const child of this.#children) child.finish();
  }

  #template(key: string, decoder: decode.Decoder<string | Buffer>, secrecy?: Secrecy): Template | undefined {
    const item = this.#item(key, secrecy);
    return item && decodeTemplate(this.#source, item, decoder, this.#parameters);
  }

  #value(key: string): Node | undefined {
    this.#known.add(key);
    return this.#entries.get(key)?.value;
  }

  #offset(key: string | undefined): number {
    if (key !== undefined) this.#known.add(key);
    const entry = key === undefined ? undefined : this.#entries.get(key);
    return entry?.value === undefined ? (entry?.keyAt ?? this.#at) : startOf(entry.value);
  }

  #scalar<T>(key: string, decoder: decode.Decoder<T>, secrecy?: Secrecy): T | undefined {
    const item = this.#item(key, secrecy);
    return item && decodeFixed(this.#source, item, decoder, this.#parameters);
  }

  /** The value of a key, masked where it is a secret. */
  #item(key: string, secrecy: Secrecy | undefined): Located | undefined {
    const node = this.#value(key);
    if (node !== undefined && secrecy?.secret === true) maskNode(this.#source, node);
    return node && { node, path: pathOf(this.path, key) };
  }

  #scalars<T>(key: string, decoder: decode.Decoder<T>): T[] {
    return this.#items(key)
      .map((item) => decodeFixed(this.#source, item, decoder, this.#parameters))
      .filter((value) => value !== undefined);
  }

  #items(key: string): Located[] {
    const node = this.#value(key);
    return node === undefined ? [] : listItems(this.#source, { node, path: pathOf(this.path, key) });
  }

  #child(node: Node | undefined, at: number, path: string): ConfigReader {
    let map = isMap(node) ? node : undefined;
    if (node !== undefined && map === undefined) {
      refuseNode(this.#source, { node, path }, 'a mapping');
    } else if (map !== undefined && this.#within.includes(map)) {
      this.#source.mistake(at, path, 'this mapping is inside itself');
      map = undefined;
    }
    const child = new ConfigReader(this.#source, map, at, path, this.#within);
    if (this.#parameters !== undefined) child.declare(this.#parameters);
    this.#children.push(child);
    return child;
  }
}
