const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc850 = /^[A-Z][a-z]+day, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2}) GMT$/;
const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** An HTTP date (RFC 9110, section 5.6.7, its three forms) in seconds since the epoch; undefined when it is none. */
export function parseHttpDate(text: string): number | undefined {
  const milliseconds = Date.parse(normal(text));
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

function normal(text: string): string {
  if (imfFixdate.test(text)) return text;
  if (asctime.test(text)) return `${text} GMT`;
  const [, day, month, year, time] = rfc850.exec(text) ?? [];
  if (day === undefined || month === undefined || year === undefined || time === undefined) return '';
  return `${day} ${month} ${Number(year) < 69 ? 20 : 19}${year} ${time} GMT`;
}
