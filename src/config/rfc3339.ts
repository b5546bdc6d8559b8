const syntax = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([-+])(\d\d):(\d\d))$/;

/** A time since the epoch; `nanos` counts forward from `seconds`. */
export interface Instant {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** Reads a date and time of RFC 3339, section 5.6, with capital T and Z. Throws an Error for what is none. */
export function parseRfc3339(text: string): Instant {
  const match = syntax.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? []).slice(1, 7).map(Number);
  const [fraction = '', sign, offsetHours = '00', offsetMinutes = '00'] = (match ?? []).slice(7);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const inDay = hour < 24 && minute < 60 && second < 60 && Number(offsetHours) < 24 && Number(offsetMinutes) < 60;
  if (match === null || !exists || !inDay) throw new Error(`${JSON.stringify(text)} is no time of RFC 3339`);
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60 : 60);
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset;
  return { seconds: BigInt(seconds), nanos: Number(fraction.slice(0, 9).padEnd(9, '0')) };
}
