/** HTTP status codes from one to another, both included. */
export interface StatusCodes {
  readonly first: number;
  readonly last: number;
  /** As it is written: `301`, `2xx`, `200-299`. */
  readonly text: string;
}

/** The codes that are a success where nothing else is said (RFC 9110, section 15.3). */
export const success: StatusCodes = { first: 200, last: 299, text: '2xx' };

/** Reads a class (`2xx`) or a range (`200-299`) of status codes. Throws an Error that says what is wrong with it. */
export function parseStatusCodes(text: string): StatusCodes {
  const hundred = /^([1-5])xx$/i.exec(text)?.[1];
  if (hundred !== undefined) return { first: Number(`${hundred}00`), last: Number(`${hundred}99`), text };
  const [, from, to] = /^([1-5]\d\d)-([1-5]\d\d)$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (Number.isNaN(first) || Number.isNaN(last)) {
    throw new Error(
      `must be a status code, a class such as 2xx or a range such as 200-299, not ${JSON.stringify(text)}`,
    );
  }
  if (first > last) throw new Error(`must be a range that begins with the lower code, not ${text}`);
  return { first, last, text };
}
