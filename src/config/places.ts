import { isScalar } from 'yaml';
import { type Decoder, quote } from './decode.ts';
import { decodeNode, type Located } from './nodes.ts';
import { type ConfigSource, startOf } from './source.ts';
import { placesIn, Template } from './template.ts';

/** The parameters that a module declares. */
export interface DeclaredParameters {
  /** Hears that a parameter has a place; false when the module has no such parameter. */
  place(name: string): boolean;
}

export const noPlace = 'no parameter may stand here';

/** Decodes a value in which parameters may have places. Where a module declares none, they are only warned of. */
export function decodeTemplate(
  source: ConfigSource,
  item: Located,
  decoder: Decoder<string | Buffer>,
  parameters: DeclaredParameters | undefined,
): Template | undefined {
  const written = decodeNode(source, item, decoder);
  if (written === undefined) return undefined;
  const at = startOf(item.node);
  for (const name of placesIn(written.toString())) {
    if (parameters === undefined) {
      source.warn(at, item.path, `\${param.${name}} has no meaning: the module has no parameters`);
    } else if (!parameters.place(name)) {
      source.mistake(at, item.path, `the module has no parameter ${quote(name)}`);
    }
  }
  return Template.parse(Buffer.from(written), { places: parameters !== undefined });
}

/** Decodes a value in which no parameter may stand. */
export function decodeFixed<T>(
  source: ConfigSource,
  item: Located,
  decoder: Decoder<T>,
  parameters: DeclaredParameters | undefined,
): T | undefined {
  const { node, path } = item;
  if (parameters === undefined || !isScalar(node) || placesIn(String(node.value)).length === 0) {
    return decodeNode(source, item, decoder);
  }
  source.refuse(node, path, noPlace);
  return undefined;
}
