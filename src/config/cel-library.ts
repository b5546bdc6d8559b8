import { createRequire } from 'node:module';
import type * as Cel from '@bufbuild/cel';
import type * as Protobuf from '@bufbuild/protobuf';
import type * as WellKnownTypes from '@bufbuild/protobuf/wkt';

/** What evaluates CEL: the packages that it consists of. */
export interface CelLibrary {
  readonly cel: typeof Cel;
  readonly protobuf: typeof Protobuf;
  readonly wellKnownTypes: typeof WellKnownTypes;
}

const require = createRequire(import.meta.url);
let library: CelLibrary | undefined;

/** The library of CEL, loaded on first use: it takes memory that a configuration without CEL need not pay. */
export function celLibrary(): CelLibrary {
  library ??= {
    cel: require('@bufbuild/cel') as typeof Cel,
    protobuf: require('@bufbuild/protobuf') as typeof Protobuf,
    wellKnownTypes: require('@bufbuild/protobuf/wkt') as typeof WellKnownTypes,
  };
  return library;
}

/** A node of a parsed expression. */
export type CelNode = ReturnType<typeof Cel.parse>['expr'];
