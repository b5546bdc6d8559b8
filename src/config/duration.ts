const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  // U+00B5 and U+03BC look alike; both are written for micro.
  '\u00B5s': 1_000n,
  '\u03BCs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const longest = 2n ** 63n - 1n;

/** Parses a duration such as `1m30s`, `-1.5h` or `0` as Go's time.ParseDuration does. Gives milliseconds; throws an Error that says what is wrong. */
export function parseDuration(text: string): number {
  const negative = text.startsWith('-');
  const unsigned = /^[-+]/.test(text) ? text.slice(1) : text;
  if (unsigned === '0') {
    return 0;
  }
  let total = 0n;
  let rest = unsigned;
  do {
    const part = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(rest);
    const [whole = '', integer = '', fraction = '', unit = ''] = part ?? [];
    if (integer === '' && fraction === '') {
      throw new Error('must be a duration such as 5s, 500ms or 1m30s');
    }
    total += partNanoseconds(integer, fraction, unit);
    rest = rest.slice(whole.length);
  } while (rest !== '');
  if (total > (negative ? longest + 1n : longest)) {
    throw new Error('must be a shorter duration: at most 2562047h');
  }
  return (negative ? -1 : 1) * (Number(total) / 1e6);
}

function partNanoseconds(integer: string, fraction: string, unit: string): bigint {
  if (unit === '') {
    throw new Error(`must be a duration with a unit, such as ${integer === '' ? '5' : integer}s`);
  }
  const scale = Object.hasOwn(nanoseconds, unit) ? nanoseconds[unit] : undefined;
  if (scale === undefined) {
    throw new Error(`must be a duration whose units are ns, us, ms, s, m or h, not ${JSON.stringify(unit)}`);
  }
  const digits = fraction.slice(0, 18);
  const fractional = digits === '' ? 0n : (BigInt(digits) * scale) / 10n ** BigInt(digits.length);
  return BigInt(integer === '' ? '0' : integer) * scale + fractional;
}
