/** A double as Go's strconv.FormatFloat(value, 'g', -1, 64): as short as it stays exact, with an exponent from 1e+06 on and below 1e-04. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace(/[-.]/g, '').length;
  if (exponent < -4 || exponent >= 6) {
    const magnitude = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${magnitude}`;
  }
  return value.toFixed(Math.max(0, digits - 1 - exponent));
}

const decimal = /^[-+]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+(?:_\d+)*)?$/i;

/** A decimal number as Go's strconv.ParseFloat takes it. Throws an Error for what is none, or too large. */
export function parseDouble(text: string): number {
  const special = /^([-+]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return NaN;
    return special[1] === '-' ? -Infinity : Infinity;
  }
  const value = decimal.test(text) ? Number(text.replaceAll('_', '')) : NaN;
  if (!Number.isFinite(value)) throw new Error(`${JSON.stringify(text)} is no number`);
  return value;
}
