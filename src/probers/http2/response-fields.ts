import { isHeaderName } from '../../config/headers.ts';
import { addValue, type HeaderValues, hasControls } from '../http/header-fields.ts';
import type { Field } from './field.ts';

/** A response's status and its fields. */
export interface ResponseFields {
  readonly status: number;
  readonly headers: HeaderValues;
}

/** Reads the fields of a response, be it interim (RFC 9113, section 8.3.2). Throws RangeError for a malformed one. */
export function responseFields(fields: readonly Field[]): ResponseFields {
  const [name, value = ''] = fields[0] ?? [];
  if (name !== ':status' || !/^[1-9]\d\d$/.test(value)) throw new RangeError('The response has no status');
  if (value === '101') throw new RangeError('HTTP/2 has no status 101');
  return { status: Number(value), headers: regularFields(fields.slice(1)) };
}

/** Reads fields of which none is a pseudo-header, as trailers are (RFC 9113, section 8.2.1). Throws RangeError. */
export function regularFields(fields: readonly Field[]): HeaderValues {
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of fields) {
    if (!isHeaderName(name) || /[A-Z]/.test(name)) throw new RangeError(`${quote(name)} is no name of a field`);
    if (hasControls(value)) throw new RangeError(`${quote(value)} is no value of a field`);
    addValue(headers, name, value);
  }
  return headers;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
